using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Hosting;
using Rally.Bot.Network;
using Rally.Bot.Roles;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Commands;

/// <summary><c>/rally status</c>: how the bot stands here, in a few lines.</summary>
internal sealed class RallyStatus(
    Guilds guilds, RuleStore rules, DirtyMembers dirty, DiscordGateway gateway, BotStatus status, Installation installation) : SlashCommand
{
    public override string Group => "rally";

    public override Permissions Needs => Permissions.ManageGuild;

    public override CommandOption Definition { get; } = Subcommand("status");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var known = await installation.GetAsync(stop);
        var coin = await guilds.FindCoinAsync(call.GuildId, stop);
        var tiers = (await rules.GetAsync(call.GuildId, stop)).Tiers;
        var (connected, heard) = (gateway.Status.ConnectedSince, status.NetworkHeardAt);
        string[] lines =
        [
            coin is null ? call.Say("coin.none-chosen") : call.Say("status.coin", coin, tiers.Count),
            connected is { } since ? call.Say("status.gateway", Say.Time(since)) : call.Say("status.no-gateway"),
            status.NetworkFault is { } fault ? call.Say("status.network-fault", Say.Quote(fault))
                : heard is { } at ? call.Say("status.network", known.NetworkPublicUrl, Say.Time(at))
                : call.Say("status.network-unheard", known.NetworkPublicUrl),
            call.Say("status.waiting", await dirty.CountAsync(stop)),
        ];
        return Say.Privately(string.Join('\n', lines));
    }
}
