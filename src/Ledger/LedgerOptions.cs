using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Rally.Ledger.Prices;

namespace Rally.Ledger;

/// <summary>Settings of the ledger; checked when the host starts.</summary>
public sealed class LedgerOptions
{
    /// <summary>
    /// Entries in one commit, at most, 500 to 100,000. More make the rate better and the last of them wait longer. Below 500
    /// there would be no room for what is committed as a whole: 100 linked transfers, or a trade of 5 entries, with others.
    /// </summary>
    [Range(500, 100_000)]
    public int LargestBatch { get; set; } = 8_192;

    /// <summary>Commands that may wait for the writer; callers beyond that wait to get in line.</summary>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; set; } = 16_384;

    /// <summary>Accounts whose balances the writer keeps in memory, about 200 bytes each; the others are read when they are touched.</summary>
    [Range(1_000, 10_000_000)]
    public int CachedAccounts { get; set; } = 1_000_000;

    /// <summary>
    /// How far the clock may be past the last entry when nothing was seen of it in between; 1 day to 36,500 days. Beyond, nothing is
    /// posted: a clock that is years ahead would unlock grants and end pending transfers, and what is in the log stays. An
    /// installation that was really idle for so long is started once with more.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan LongestGap { get; set; } = TimeSpan.FromDays(30);

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

    /// <summary>
    /// The public key that the chain must begin with, 64 hexadecimal digits, for the verification in the background; by
    /// default the store's own word is taken.
    /// </summary>
    [RegularExpression("^[0-9a-fA-F]{64}$", ErrorMessage = "Ledger:PinnedAuthority must be 64 hexadecimal digits, as /api/authorities shows the first public key.")]
    public string? PinnedAuthority { get; set; }

    /// <summary>
    /// Where the verification in the background notes how far it came and what it last came to; the host's default is its
    /// data folder. Null for nowhere: it then begins anew with each start.
    /// </summary>
    public string? VerifyFolder { get; set; }

    /// <summary>Where the price of RLY in US dollars comes from; by default there is none.</summary>
    public UsdPriceOptions UsdPrice { get; } = new();

    /// <summary>How much one caller may ask of the API.</summary>
    [ValidateObjectMembers]
    public LedgerRateLimits RateLimit { get; set; } = new();
}
