using System.Text.Json.Serialization;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Roles.Rules;

/// <summary>A rule: whoever meets its condition gets the role. A guild has at most one for each role.</summary>
/// <param name="Role">The role it opens.</param>
/// <param name="When">What has to be met.</param>
internal sealed record Tier(ulong Role, Condition When)
{
    /// <summary>How long the role stays after the condition is met no more; the member is told when that begins.</summary>
    public TimeSpan? Grace { get; init; }

    /// <summary>Of the tiers with one name here, a member gets the highest alone; null for one that adds to all others.</summary>
    public string? Ladder { get; init; }

    /// <summary>Which of a ladder is higher; of the same rank it is the one that asks for more of its first coin.</summary>
    public int Rank { get; init; }

    /// <summary>Who has met it once, keeps it for as long as they are linked to the same account.</summary>
    public bool Once { get; init; }

    /// <summary>The rule works from then on; null for always.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>It works no more from then on; who has the role by it loses it, except by one with <see cref="Once"/>.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>A channel that the role may see and write in; the bot keeps the channel's permissions so.</summary>
    public ulong? Channel { get; init; }

    /// <summary>The coin it is mainly about; null when about none.</summary>
    [JsonIgnore]
    public string? Coin => Coins.FirstOrDefault();

    /// <summary>All coins it asks for.</summary>
    [JsonIgnore]
    public IEnumerable<string> Coins => When.Flat().SelectMany(part => part switch
    {
        CoinsHeld held => held.Coins.Select(need => need.Coin),
        Donated donated => [donated.Coin],
        SpentInMonth spent => [spent.Coin],
        _ => Enumerable.Empty<string>(),
    }).Distinct();

    /// <summary>Coins of which it needs more than what is held now.</summary>
    [JsonIgnore]
    public IEnumerable<string> CoinsWithHistory => When.Flat().SelectMany(part => part switch
    {
        CoinsHeld held => held.Coins.Where(need => need.For is not null).Select(need => need.Coin),
        Donated donated => [donated.Coin],
        SpentInMonth spent => [spent.Coin],
        _ => Enumerable.Empty<string>(),
    }).Distinct();

    /// <summary>The thresholds that stand for it where one pair is told: those of its first coin, zero when it asks for none.</summary>
    [JsonIgnore]
    public (Amount Enter, Amount Leave) Thresholds => When.Flat().Select(part => part switch
    {
        CoinsHeld held => (held.Coins[0].Enter, held.Coins[0].Leave),
        Donated donated => (donated.AtLeast, donated.AtLeast),
        SpentInMonth spent => (spent.Enter, spent.Leave),
        _ => ((Amount, Amount)?)null,
    }).FirstOrDefault(pair => pair is not null) ?? default;

    /// <summary>Whether its window is open.</summary>
    public bool IsOpen(DateTimeOffset now) => !(now < From) && !(now >= Until);

    /// <summary>Of two tiers of one ladder, the higher compares as greater.</summary>
    public int CompareHeight(Tier other) =>
        (Rank, Thresholds.Enter, Role).CompareTo((other.Rank, other.Thresholds.Enter, other.Role));
}
