using Rally.Ledger.Amounts;

namespace Rally.Bot.Roles.Rules;

/// <summary>What one account's history of one coin came to, as far as rules ask: built entry by entry, in the log's order.</summary>
/// <param name="Donated">What was sent to the coin's creator.</param>
/// <param name="Month">The first moment of the month in which <paramref name="SpentThen"/> was sent; null for never.</param>
/// <param name="SpentThen">What was sent to the creator in that month.</param>
/// <param name="Steps">
/// Rising: since <c>Since</c> the account has never had less than <c>AtLeast</c>. A balance that falls takes the steps above it away, so
/// that for any amount the first step that reaches it says since when it has been held.
/// </param>
internal sealed record AccountHistory(Amount Donated, DateTimeOffset? Month, Amount SpentThen, IReadOnlyList<AccountHistory.Step> Steps)
{
    // What was held for longer is held for long enough, whatever a rule asks.
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static AccountHistory Empty { get; } = new(Amount.Zero, null, Amount.Zero, []);

    public sealed record Step(DateTimeOffset Since, Amount AtLeast);

    /// <param name="at">When the entry was posted.</param>
    /// <param name="balance">What it left.</param>
    /// <param name="donated">What of it went to the creator; zero for anything else.</param>
    public AccountHistory After(DateTimeOffset at, Amount balance, Amount donated)
    {
        var (month, spent) = (Month, SpentThen);
        if (donated > Amount.Zero)
            (month, spent) = MonthOf(at) == Month ? (Month, SpentThen + donated) : (MonthOf(at), donated);
        return new(Donated + donated, month, spent, StepsAfter(at, balance));
    }

    /// <summary>Since when at least so much has been held; null when less is held.</summary>
    public DateTimeOffset? HeldSince(Amount amount) => Steps.FirstOrDefault(step => step.AtLeast >= amount)?.Since;

    /// <summary>What was sent to the creator in the month of <paramref name="now"/>.</summary>
    public Amount SpentIn(DateTimeOffset now) => MonthOf(now) == Month ? SpentThen : Amount.Zero;

    /// <summary>The first moment of the month, UTC.</summary>
    public static DateTimeOffset MonthOf(DateTimeOffset at) => new(at.UtcDateTime.Year, at.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    private List<Step> StepsAfter(DateTimeOffset at, Amount balance)
    {
        var steps = Steps.Where(step => step.AtLeast < balance).ToList();
        if (steps.Count < Steps.Count)
            steps.Add(new(Steps[steps.Count].Since, balance)); // the lowest step above: it was never less than that, and now it is this
        else if (balance > Amount.Zero)
            steps.Add(new(at, balance));
        if (balance <= Amount.Zero)
            return [];
        var old = steps.FindLastIndex(step => step.Since <= at - Longest);
        return old > 0 ? steps[old..] : steps;
    }
}
