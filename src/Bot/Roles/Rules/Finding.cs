using Rally.Ledger.Amounts;

namespace Rally.Bot.Roles.Rules;

/// <summary>How a condition stands for a member, with what it was found by.</summary>
/// <param name="Keeping">Whether the lower thresholds counted: the member meets the tier already.</param>
internal sealed record Finding(Condition Condition, bool Met, bool Keeping, IReadOnlyList<Finding> Parts)
{
    /// <summary>Of each coin the condition names, in its order: how much there is.</summary>
    public IReadOnlyList<Amount> Have { get; init; } = [];

    /// <summary>Of each coin: since when enough is held. Of a link: since when it is there.</summary>
    public IReadOnlyList<DateTimeOffset?> Since { get; init; } = [];
}
