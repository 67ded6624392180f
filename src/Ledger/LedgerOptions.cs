using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Rally.Ledger.Prices;

namespace Rally.Ledger;

/// <summary>Settings of the ledger; checked when the host starts.</summary>
public sealed class LedgerOptions
{
    /// <summary>Transfers in one commit, at most. More make the rate better and the last of them wait longer.</summary>
    [Range(1, 100_000)]
    public int LargestBatch { get; set; } = 4_096;

    /// <summary>Commands that may wait for the writer; callers beyond that wait to get in line.</summary>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; set; } = 16_384;

    /// <summary>Accounts whose balances the writer keeps in memory, about 200 bytes each; the others are read when they are touched.</summary>
    [Range(1_000, 10_000_000)]
    public int CachedAccounts { get; set; } = 1_000_000;

    /// <summary>How often followers look for commits of other processes; 10 ms to 1 s. Commits of this process wake them at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:01")]
    public TimeSpan FeedPollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Where the private keys that sign blocks are kept, one file a key; the host's default is <c>keys/authority</c> in its
    /// data folder. Several processes on one store need the same files.
    /// </summary>
    public string? AuthorityKeysFolder { get; set; }

    /// <summary>How often what the log has grown by is closed into a signed block; 100 ms to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")]
    public TimeSpan BlockInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the whole ledger is verified in the background; zero for never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan VerifyInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Where the price of RLY in US dollars comes from; by default there is none.</summary>
    public UsdPriceOptions UsdPrice { get; } = new();

    /// <summary>How much one caller may ask of the API.</summary>
    [ValidateObjectMembers]
    public LedgerRateLimits RateLimit { get; set; } = new();
}
