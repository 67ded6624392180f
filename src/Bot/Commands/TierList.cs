using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles;

namespace Rally.Bot.Commands;

/// <summary><c>/tier list</c>: the server's rules, and what keeps one from working.</summary>
internal sealed class TierList(Tiers tiers, GuildRoles guildRoles) : SlashCommand
{
    public override string Group => "tier";

    public override CommandOption Definition { get; } = Subcommand("list", "See which roles holders of this server's coin get");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var rules = await tiers.ListAsync(call.GuildId, stop);
        if (rules.Count == 0)
            return Say.Privately("This server has no tiers yet. `/tier add` makes one.");
        var hierarchy = await guildRoles.GetAsync(call.GuildId, stop);
        return Say.Privately(string.Join('\n', rules.Select(tier =>
            $"- {Say.Role(tier.RoleId)}: **{tier.Enter} {tier.Coin}** to get it, **{tier.Leave}** to keep it" +
            (hierarchy.WhyNot(tier.RoleId) is { } obstacle ? $" — does not work: {obstacle}" : ""))));
    }
}
