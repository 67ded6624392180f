using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Commands;

/// <summary><c>/tier remove</c>: the bot no longer gives or takes a role.</summary>
internal sealed class TierRemove(RuleStore ruleStore, TierChoice choice) : SlashCommand
{
    public override string Group => "tier";

    public override Permissions Needs => Permissions.ManageRoles;

    public override CommandOption Definition { get; } = Subcommand(
        "remove", "Stop giving and taking a role; who has it keeps it", TierChoice.Option);

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var rules = await ruleStore.GetAsync(call.GuildId, stop);
        var (tier, shown) = TierChoice.Find(call, rules);
        if (tier is null)
            return Say.Privately(TierTexts.NoTier(shown));
        return await ruleStore.ChangeAsync(rules.Without(tier.Role), $"removed the tier of role {tier.Role}", call.UserId, stop) is RuleStore.Changed.To
            ? Say.Publicly($"The tier of {shown} is gone. Who has the role keeps it; the bot no longer gives or takes it. `/tier undo` brings it back.")
            : Say.Privately(TierTexts.Meanwhile);
    }

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        choice.SuggestAsync(call.GuildId, typed, stop);
}
