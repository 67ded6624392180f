using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Hosting;
using Rally.Bot.Network;
using Rally.Bot.Roles;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Commands;

/// <summary>Looks at all that the bot needs to work in a guild: with Discord, with the network, and its clock.</summary>
internal sealed class CheckGuild(
    DiscordRest discord, DiscordGateway gateway, GuildRoles guildRoles, RuleStore rules, Guilds guilds, RallyClient network,
    Lazy<CommandRegistration> registration, BotStatus status, TimeProvider time)
{
    // An interaction's id tells when Discord made it, by Discord's clock; more than this is no delay on the way.
    private static readonly TimeSpan ClockMayDiffer = TimeSpan.FromSeconds(5);

    /// <summary>What was found about one thing.</summary>
    /// <param name="Key">The text that says it, and how to mend it.</param>
    internal sealed record Finding(bool IsWell, string Key, params IReadOnlyList<object?> Parts);

    public async Task<IReadOnlyList<Finding>> ExecuteAsync(CommandCall call, CancellationToken stop) =>
    [
        .. await LookAtApplicationAsync(stop),
        gateway.Status.ConnectedSince is not null
            ? new(true, "doctor.gateway")
            : new(false, "doctor.gateway-away", Say.Quote(gateway.Status.LastFault ?? status.DiscordFault ?? "-")),
        .. await LookAtRolesAsync(call.GuildId, stop),
        await LookAtCoinAsync(call.GuildId, stop),
        LookAtWebhooks(),
        LookAtClock(call),
    ];

    private async Task<IReadOnlyList<Finding>> LookAtApplicationAsync(CancellationToken stop)
    {
        var application = await discord.GetCurrentApplicationAsync(stop);
        var missing = await registration.Value.FindMissingAsync(application.Id, stop);
        return
        [
            application.MaySeeMembers ? new(true, "doctor.intents") : new(false, "doctor.no-intents"),
            missing.Count == 0 ? new(true, "doctor.commands") : new(false, "doctor.commands-missing", string.Join(", ", missing)),
        ];
    }

    private async Task<IReadOnlyList<Finding>> LookAtRolesAsync(ulong guildId, CancellationToken stop)
    {
        // What was read a moment ago may be what somebody has just mended.
        guildRoles.Forget(guildId);
        var hierarchy = await guildRoles.GetAsync(guildId, stop);
        var own = hierarchy.OwnRoleIds.Append(guildId).Where(hierarchy.Roles.ContainsKey).Select(id => hierarchy.Roles[id].Permissions);
        if (!own.Any(permissions => (permissions & (Permissions.ManageRoles | Permissions.Administrator)) != 0))
            return [new(false, "doctor.no-manage-roles")];
        var tiers = (await rules.GetAsync(guildId, stop)).Tiers;
        var blocked = tiers.Select(tier => tier.Role).Where(role => hierarchy.WhyNot(role) is not null).ToList();
        return
        [
            new(true, "doctor.manage-roles"),
            blocked.Count == 0
                ? new(true, "doctor.hierarchy", tiers.Count)
                : new(false, "doctor.hierarchy-blocked", string.Join(", ", blocked.Select(Say.Role))),
        ];
    }

    private async Task<Finding> LookAtCoinAsync(ulong guildId, CancellationToken stop)
    {
        if (await guilds.FindCoinAsync(guildId, stop) is not { } symbol)
            return new(false, "coin.none-chosen");
        try
        {
            return await network.FindCoinAsync(symbol, stop) switch
            {
                null => new(false, "doctor.coin-gone", symbol),
                { Suspended: true } => new(false, "doctor.coin-suspended", symbol),
                _ => new(true, "doctor.coin", symbol),
            };
        }
        catch (NetworkException fault)
        {
            return new(false, "doctor.network-away", Say.Quote(fault.Message));
        }
    }

    private Finding LookAtWebhooks() =>
        !status.IsSubscribed.IsCompletedSuccessfully ? new(false, "doctor.not-subscribed")
        : status.NetworkFault is { } fault ? new(false, "doctor.nothing-heard", Say.Quote(fault))
        : new(true, "doctor.webhooks");

    private Finding LookAtClock(CommandCall call)
    {
        var apart = (time.GetUtcNow() - call.SentAt).Duration();
        return apart <= ClockMayDiffer ? new(true, "doctor.clock") : new(false, "doctor.clock-wrong", Math.Round(apart.TotalSeconds));
    }
}
