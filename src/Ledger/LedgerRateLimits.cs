using System.ComponentModel.DataAnnotations;

namespace Rally.Ledger;

/// <summary>
/// How many requests the API and the explorer answer: to each user of a token, to each client with a token of its own, else to each
/// address (of IPv6 to each network of 64 bits). Tokens in a bucket: so many at once, then so many a second.
/// </summary>
public sealed class LedgerRateLimits
{
    /// <summary>Reads a second of one user or address.</summary>
    [Range(1, 1_000_000)]
    public int PerSecond { get; set; } = 50;

    /// <summary>Reads at once of one user or address.</summary>
    [Range(1, 1_000_000)]
    public int Burst { get; set; } = 200;

    /// <summary>Reads a second of one client with a token of its own, such as the bot, which reads for everybody.</summary>
    [Range(1, 1_000_000)]
    public int ClientPerSecond { get; set; } = 1_000;

    /// <summary>Reads at once of one client with a token of its own.</summary>
    [Range(1, 1_000_000)]
    public int ClientBurst { get; set; } = 5_000;

    /// <summary>Transfers and trades a second, each of linked transfers too; they do not count as reads.</summary>
    [Range(1, 1_000_000)]
    public int WritesPerSecond { get; set; } = 20;

    /// <summary>Transfers and trades at once. More linked transfers than this can still be sent, once nothing of it is in use.</summary>
    [Range(1, 1_000_000)]
    public int WriteBurst { get; set; } = 80;
}
