using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Commands;

/// <summary><c>/tier reports</c>: where admins are told what needs their help.</summary>
internal sealed class TierTellAdmins(RuleStore ruleStore) : SlashCommand
{
    public override string Group => "tier";

    public override Permissions Needs => Permissions.ManageRoles;

    public override CommandOption Definition { get; } = Subcommand(
        "reports", "Choose where the bot tells of roles it cannot give",
        Optional(CommandOptionType.Channel, "channel", "The channel; the server's system channel, or its owner, when left out"));

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var channel = call.OptionalUser("channel");
        var rules = await ruleStore.GetAsync(call.GuildId, stop);
        return await ruleStore.ChangeAsync(rules with { AdminChannel = channel }, "chose where reports go", call.UserId, stop) is RuleStore.Changed.To
            ? Say.Privately(channel is null ? "Reports go to the server's system channel, or else to its owner." : $"Reports go to <#{channel}>.")
            : Say.Privately(TierTexts.Meanwhile);
    }
}
