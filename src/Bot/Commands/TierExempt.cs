using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles.Rules;

namespace Rally.Bot.Commands;

/// <summary><c>/tier exempt</c>: a member whose roles the bot leaves alone, or no longer does.</summary>
internal sealed class TierExempt(RuleStore ruleStore) : SlashCommand
{
    private const int Most = 100;

    public override string Group => "tier";

    public override Permissions Needs => Permissions.ManageRoles;

    public override CommandOption Definition { get; } = Subcommand(
        "exempt", "Leave a member's roles alone, or begin again to keep them",
        Required(CommandOptionType.User, "member", "The member"),
        Optional(CommandOptionType.String, "exempt", "yes when left out") with { Choices = [new("yes", "yes"), new("no", "no")] });

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var (member, exempt) = (call.User("member"), call.OptionalText("exempt") != "no");
        var rules = await ruleStore.GetAsync(call.GuildId, stop);
        if (rules.Exempt.Contains(member) == exempt)
            return Say.Privately(exempt ? $"The bot leaves {Say.User(member)}'s roles alone already." : $"{Say.User(member)} is not exempt.");
        if (exempt && rules.Exempt.Count >= Most)
            return Say.Privately($"{Most} members are exempt, which is the most. End it for one with `exempt: no` first.");
        var changed = rules with { Exempt = exempt ? [.. rules.Exempt, member] : [.. rules.Exempt.Where(one => one != member)] };
        return await ruleStore.ChangeAsync(changed, $"{(exempt ? "exempted" : "ended the exemption of")} member {member}", call.UserId, stop) is RuleStore.Changed.To
            ? Say.Privately(exempt ? $"The bot leaves {Say.User(member)}'s roles as they are from now on." : $"The bot keeps {Say.User(member)}'s roles by the rules again.")
            : Say.Privately(TierTexts.Meanwhile);
    }
}
