using System.Text.Json.Serialization;

namespace Rally.Bot.Roles.Rules;

/// <summary>All rules of a guild as they were made by one change.</summary>
internal sealed record GuildRules
{
    [JsonIgnore]
    public ulong GuildId { get; init; }

    /// <summary>Rises by one with each change; 0 before the first.</summary>
    [JsonIgnore]
    public long Version { get; init; }

    public IReadOnlyList<Tier> Tiers { get; init; } = [];

    /// <summary>Members whose roles the bot leaves alone.</summary>
    public IReadOnlyList<ulong> Exempt { get; init; } = [];

    /// <summary>Where admins are told what needs their help; null for the guild's system channel, or else its owner.</summary>
    public ulong? AdminChannel { get; init; }

    /// <summary>Coins of which holdings over time count.</summary>
    [JsonIgnore]
    public IEnumerable<string> CoinsWithHistory => Tiers.SelectMany(tier => tier.CoinsWithHistory).Distinct();

    /// <summary>Whether any rule asks how long accounts have been linked.</summary>
    [JsonIgnore]
    public bool AsksForLinkAge => Tiers.Any(tier => tier.When.Flat().Any(part => part is LinkedFor));

    public Tier? Find(ulong role) => Tiers.FirstOrDefault(tier => tier.Role == role);

    /// <summary>With this tier in the place of the one for the same role, or at the end.</summary>
    public GuildRules With(Tier tier) => Find(tier.Role) is null
        ? this with { Tiers = [.. Tiers, tier] }
        : this with { Tiers = [.. Tiers.Select(one => one.Role == tier.Role ? tier : one)] };

    public GuildRules Without(ulong role) => this with { Tiers = [.. Tiers.Where(tier => tier.Role != role)] };
}

/// <summary>A version of a guild's rules, and how it came about.</summary>
/// <param name="Change">What was changed, in words.</param>
internal sealed record RulesVersion(GuildRules Rules, string Change, ulong ChangedBy, DateTimeOffset ChangedAt);
