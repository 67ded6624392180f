using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles.Rules;
using Rally.Bot.Roles.Why;

namespace Rally.Bot.Commands;

/// <summary><c>/tier edit</c>: another condition, or other terms, for a role; what is not named stays.</summary>
internal sealed class TierEdit(RuleStore ruleStore, TierInput input, TierChoice choice, CoinChoice coins) : SlashCommand
{
    public override string Group => "tier";

    public override Permissions Needs => Permissions.ManageRoles;

    public override CommandOption Definition { get; } = Subcommand(
        "edit", "Change a tier; conditions are replaced as a whole, what else is not named stays", [TierChoice.Option, .. TierInput.Options]);

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var rules = await ruleStore.GetAsync(call.GuildId, stop);
        var (before, shown) = TierChoice.Find(call, rules);
        if (before is null)
            return Say.Privately(TierTexts.NoTier(shown));
        var (tier, mend) = await input.ReadAsync(call, before.Role, before, stop);
        if (tier is null)
            return Say.Privately(mend);
        if (RuleCheck.Fault(rules.With(tier), tier) is { } fault)
            return Say.Privately(fault);
        if (RuleWords.Of(tier) == RuleWords.Of(before))
            return Say.Privately($"That is what the tier of {shown} is already: {RuleWords.Of(tier)}.");
        return await ruleStore.ChangeAsync(rules.With(tier), $"changed the tier of role {before.Role}", call.UserId, stop) is RuleStore.Changed.To to
            ? Say.Publicly($"{shown} is now given for: {RuleWords.Of(tier)}. (Rules version {to.Rules.Version}; `/tier undo` takes this back.)")
            : Say.Privately(TierTexts.Meanwhile);
    }

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        call.Focused == TierChoice.Name ? choice.SuggestAsync(call.GuildId, typed, stop) : coins.SuggestAsync(call, typed, stop);
}
