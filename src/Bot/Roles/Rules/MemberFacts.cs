using Rally.Ledger.Amounts;

namespace Rally.Bot.Roles.Rules;

/// <summary>What is known of a linked member.</summary>
/// <param name="RallyId">Their Rally account.</param>
/// <param name="LinkedAt">Since when it is linked without a break.</param>
/// <param name="Held">What they hold now; coins they do not hold are absent.</param>
/// <param name="Histories">Of the coins that need it, what happened to that account.</param>
internal sealed record MemberFacts(
    Guid RallyId, DateTimeOffset LinkedAt, IReadOnlyDictionary<string, Amount> Held, IReadOnlyDictionary<string, AccountHistory> Histories)
{
    public Amount HeldOf(string coin) => Held.GetValueOrDefault(coin);

    /// <summary>Since when at least this much has been held without a break; null when it is not held now.</summary>
    public DateTimeOffset? HeldSince(string coin, Amount amount) =>
        HeldOf(coin) >= amount && Histories.GetValueOrDefault(coin) is { } history ? history.HeldSince(amount) : null;

    public Amount DonatedOf(string coin) => Histories.GetValueOrDefault(coin)?.Donated ?? Amount.Zero;

    public Amount SpentOf(string coin, DateTimeOffset now) => Histories.GetValueOrDefault(coin)?.SpentIn(now) ?? Amount.Zero;
}
