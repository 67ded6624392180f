using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles;
using Rally.Bot.Roles.Rules;
using Rally.Bot.Roles.Why;

namespace Rally.Bot.Commands;

/// <summary><c>/tier add</c>: a role for whoever meets its conditions.</summary>
internal sealed class TierAdd(RuleStore ruleStore, TierInput input, GuildRoles guildRoles, CoinChoice coins) : SlashCommand
{
    public override string Group => "tier";

    public override Permissions Needs => Permissions.ManageRoles;

    public override CommandOption Definition { get; } = Subcommand(
        "add", "Give a role to everyone who holds enough, or meets other conditions",
        [Required(CommandOptionType.Role, "role", "The role"), .. TierInput.Options]);

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var role = call.Role("role");
        var (tier, mend) = await input.ReadAsync(call, role, null, stop);
        if (tier is null)
            return Say.Privately(mend);
        var rules = await ruleStore.GetAsync(call.GuildId, stop);
        if (rules.Find(role) is not null)
            return Say.Privately($"{Say.Role(role)} has a tier already; `/tier list` shows it. Change it with `/tier edit`, or remove it with `/tier remove` first.");
        if (RuleCheck.Fault(rules.With(tier), tier) is { } fault)
            return Say.Privately(fault);
        if ((await guildRoles.GetAsync(call.GuildId, stop)).WhyNot(role) is { } obstacle)
            return Say.Privately($"The bot cannot give {Say.Role(role)}. {obstacle}");
        return await ruleStore.ChangeAsync(rules.With(tier), $"added the tier of role {role}", call.UserId, stop) is RuleStore.Changed.To to
            ? Say.Publicly($"{Say.Role(role)} is given for: {RuleWords.Of(tier)}. (Rules version {to.Rules.Version}; `/tier undo` takes this back.)")
            : Say.Privately(TierTexts.Meanwhile);
    }

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        coins.SuggestAsync(call, typed, stop);
}
