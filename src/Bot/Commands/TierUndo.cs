using System.Globalization;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Commands;

/// <summary><c>/tier undo</c>: the rules, and who met them, as they were before the last change or at a version.</summary>
internal sealed class TierUndo(RuleStore ruleStore) : SlashCommand
{
    public override string Group => "tier";

    public override Permissions Needs => Permissions.ManageRoles;

    public override CommandOption Definition { get; } = Subcommand(
        "undo", "Bring back the rules, and the roles, from before the last change",
        Optional(CommandOptionType.String, "version", "A version from /tier list to go back to; the one before when left out") with { MaxLength = 10 });

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var rules = await ruleStore.GetAsync(call.GuildId, stop);
        if (rules.Version < 1)
            return Say.Privately("The rules have never been changed, so there is nothing to undo.");
        var version = rules.Version - 1;
        if (call.OptionalText("version") is { } typed
            && (!long.TryParse(typed, NumberStyles.None, CultureInfo.InvariantCulture, out version) || version < 0 || version >= rules.Version))
            return Say.Privately($"“{Say.Quote(typed)}” is not a version to go back to. The rules are at version {rules.Version}; give a number below it.");
        var former = version == 0
            ? new RulesVersion(new() { GuildId = call.GuildId }, "", 0, default)
            : await ruleStore.FindAsync(call.GuildId, version, stop);
        if (former is null)
            return Say.Privately($"Version {version} is not kept. The rules are at version {rules.Version}.");
        return await ruleStore.UndoAsync(rules, former, call.UserId, stop) is RuleStore.Changed.To to
            ? Say.Publicly($"The rules of version {version} are back, as version {to.Rules.Version}, and with them the roles that members had by them. Another `/tier undo` undoes this.")
            : Say.Privately(TierTexts.Meanwhile);
    }
}
