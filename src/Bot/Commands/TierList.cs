using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles;
using Rally.Bot.Roles.Rules;
using Rally.Bot.Roles.Why;

namespace Rally.Bot.Commands;

/// <summary><c>/tier list</c>: the server's rules, and what keeps one from working.</summary>
internal sealed class TierList(RuleStore ruleStore, GuildRoles guildRoles) : SlashCommand
{
    public override string Group => "tier";

    public override CommandOption Definition { get; } = Subcommand("list", "See which roles holders of this server's coin get");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var rules = await ruleStore.GetAsync(call.GuildId, stop);
        if (rules.Tiers.Count == 0)
            return Say.Privately(TierTexts.None);
        var hierarchy = await guildRoles.GetAsync(call.GuildId, stop);
        var lines = rules.Tiers.Select(tier =>
            $"- {Say.Role(tier.Role)}: {RuleWords.Of(tier)}" +
            (hierarchy.WhyNot(tier.Role) is { } obstacle ? $" — does not work: {obstacle}" : ""));
        if (rules.Exempt.Count > 0)
            lines = lines.Append($"Left alone: {string.Join(", ", rules.Exempt.Select(Say.User))}");
        if (await ruleStore.FindAsync(call.GuildId, rules.Version, stop) is { } version)
            lines = lines.Append($"Rules version {rules.Version}, by {Say.User(version.ChangedBy)} at {Say.Time(version.ChangedAt)}: {Say.Quote(version.Change)}.");
        return Say.Privately(string.Join('\n', lines));
    }
}
