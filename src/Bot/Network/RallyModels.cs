using System.Text.Json.Serialization;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Network;

/// <summary>A coin as the network shows it; RLY has no creator.</summary>
internal sealed record Coin(
    string Symbol, string Name, Guid? Creator, string Supply, string Circulating = "0", string? Backing = null, bool Suspended = false, CoinPrice? Price = null);

/// <summary>What one coin costs.</summary>
/// <param name="Rly">Null for a coin that is not traded.</param>
/// <param name="Usd">Null while no price of RLY in US dollars is known.</param>
/// <param name="UsdStale">Whether that was confirmed too long ago.</param>
internal sealed record CoinPrice(string? Rly, string? Usd, bool UsdStale)
{
    /// <summary>US dollars for one coin; null where that is not known well enough to reckon with.</summary>
    public Amount? InUsd => !UsdStale && Amount.TryParse(Usd, out var usd) && usd > Amount.Zero ? usd : null;
}

/// <summary>An entry of the network's log, as its API and its events tell it.</summary>
/// <param name="From">Null for an account of the system, as <paramref name="To"/>.</param>
internal sealed record LoggedTransfer(long Position, string Coin, Guid? From, Guid? To, string Amount);

/// <summary>Some of the network's log, and its last place.</summary>
internal sealed record LogPage(IReadOnlyList<LoggedTransfer> Transfers, long Last);

/// <summary>An entry of an account's history.</summary>
/// <param name="From">Null for an account of the system, which <paramref name="Other"/> then names.</param>
/// <param name="BalanceAfter">What it left on that account.</param>
internal sealed record HistoryEntry(
    long Position, string Coin, string Kind, Guid? From, Guid? To, Amount Amount, Amount BalanceAfter, DateTimeOffset PostedAt, string? Note, string? Other);

/// <summary>Some of an account's history.</summary>
/// <param name="Position">All entries of the log up to there are counted.</param>
/// <param name="Next">Where older ones go on; null when there are none.</param>
internal sealed record HistoryPage(long Position, IReadOnlyList<HistoryEntry> Transfers, long? Next);

/// <summary>What an account holds, by symbol; coins it does not hold are absent.</summary>
internal sealed record Holdings(long Position, IReadOnlyDictionary<string, Amount> ByCoin)
{
    /// <summary>How much of one coin; zero when the list has none of it.</summary>
    public Amount Of(string coin) => ByCoin.GetValueOrDefault(coin);
}

/// <summary>What a balance read gave.</summary>
internal abstract record HoldingsAnswer
{
    internal sealed record Read(Holdings Holdings) : HoldingsAnswer;

    /// <summary>The network does not let the bot see this account: consent may have been withdrawn.</summary>
    internal sealed record NotAllowed : HoldingsAnswer;
}

/// <summary>That an account has something linked, not whom.</summary>
/// <param name="Provider">discord, twitch or ethereum; an account has one of each.</param>
/// <param name="LinkedAt">Since when without a break.</param>
/// <param name="AgeDays">Whole days since then.</param>
/// <param name="How">oauth, siwe or vouched.</param>
/// <param name="Guild">The Discord server it came from; null where the network does not know.</param>
internal sealed record LinkAge(string Provider, DateTimeOffset LinkedAt, long AgeDays, string How, string? Guild);

/// <summary>What asking for an account's links gave.</summary>
internal abstract record LinksAnswer
{
    internal sealed record Read(IReadOnlyList<LinkAge> Links) : LinksAnswer;

    /// <summary>The fan has not let the bot see them, or not yet: links made before it asked do not have that.</summary>
    internal sealed record NotAllowed : LinksAnswer;
}

/// <summary>What came of a transfer the bot asked for.</summary>
internal abstract record SendAnswer
{
    internal sealed record Sent(Guid Id, long Position, Amount BalanceAfter) : SendAnswer;

    internal sealed record TooLittle(Amount Available) : SendAnswer;

    /// <summary>Flow control lets the sender sell and send this much of the coin now.</summary>
    internal sealed record OverAllowance(Amount Remaining) : SendAnswer;

    /// <summary>The network's operator has stopped the coin.</summary>
    internal sealed record CoinSuspended : SendAnswer;

    /// <summary>Refused for another reason, in the network's words.</summary>
    internal sealed record Refused(string Reason) : SendAnswer;

    /// <summary>The fan's consent to spend is gone.</summary>
    internal sealed record NotAllowed : SendAnswer;
}

/// <summary>A member gained or lost a role by what they hold, as the network is told of it.</summary>
/// <param name="Id">The same each time it is told.</param>
/// <param name="Change"><see cref="Gained"/> or <see cref="Lost"/>.</param>
internal sealed record TierReport(Guid Id, Guid RallyId, string Coin, ulong GuildId, ulong RoleId, string Change, DateTimeOffset At)
{
    /// <summary>How many the network takes at once.</summary>
    public const int MostTogether = 100;

    public const string Gained = "gained";

    public const string Lost = "lost";
}

/// <summary>What came of reports.</summary>
internal abstract record ReportsAnswer
{
    /// <summary>The network has answered each.</summary>
    /// <param name="Refusals">Of each report null when the network has it, from now on or from before, and else why it will never take it.</param>
    internal sealed record Told(IReadOnlyList<string?> Refusals) : ReportsAnswer;

    /// <summary>The reports may be right, and are not taken as things are.</summary>
    /// <param name="RetryAfter">How long the network asks to wait; null when it does not say.</param>
    internal sealed record NotNow(string Reason, TimeSpan? RetryAfter) : ReportsAnswer;
}

/// <summary>A token answer of RFC 6749, section 5.1.</summary>
internal sealed record TokenAnswer(
    [property: JsonPropertyName("access_token")] string AccessToken,
    [property: JsonPropertyName("expires_in")] long ExpiresInSeconds,
    [property: JsonPropertyName("refresh_token")] string? RefreshToken,
    [property: JsonPropertyName("scope")] string? Scope)
{
    public override string ToString() => "TokenAnswer"; // tokens stay out of logs
}

/// <summary>Who a user token belongs to.</summary>
internal sealed record RallyUser(
    [property: JsonPropertyName("sub")] Guid RallyId,
    [property: JsonPropertyName("username")] string Username);

/// <summary>The network did something the API does not promise, or is out of reach.</summary>
internal sealed class NetworkException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>The network's authorization server refused a grant: the code or refresh token is no longer good.</summary>
internal sealed class GrantRefusedException(string error) : Exception($"The Rally network refused the grant: {error}");
