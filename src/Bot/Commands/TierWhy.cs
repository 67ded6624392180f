using System.Text;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Bot.Roles;
using Rally.Bot.Roles.Facts;
using Rally.Bot.Roles.Rules;
using Rally.Bot.Roles.Why;

namespace Rally.Bot.Commands;

/// <summary><c>/tier why</c>: why a member has, or lacks, each role: what they hold, the rule, and every decision.</summary>
internal sealed class TierWhy(
    RuleStore ruleStore, Links links, ReadFacts readFacts, Standings standings, RallyClient network, DiscordRest discord, GuildRoles guildRoles,
    Decisions decisions, TimeProvider time) : SlashCommand
{
    private const int Shown = 10;

    public override string Group => "tier";

    public override CommandOption Definition { get; } = Subcommand(
        "why", "See why a member has, or lacks, a role",
        Optional(CommandOptionType.User, "member", "The member; yourself when left out"));

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var about = call.OptionalUser("member") ?? call.UserId;
        if (about != call.UserId && !call.May(Permissions.ManageRoles))
            return Say.Privately("You may ask this about yourself. For other members you need the permission Manage Roles.");

        var rules = await ruleStore.GetAsync(call.GuildId, stop);
        if (rules.Tiers.Count == 0)
            return Say.Privately("This server has no tiers, so the bot gives and takes no roles. `/tier add` makes one.");
        var member = await discord.GetGuildMemberAsync(call.GuildId, about, stop);
        if (member is null)
            return Say.Privately($"{Say.User(about)} is not a member of this server.");

        var text = new StringBuilder();
        if (await DescribeAsync(text, about, rules, stop) is var (isKnown, facts) && isKnown)
        {
            var before = await standings.ReadAsync(call.GuildId, about, facts?.RallyId, stop);
            var hierarchy = await guildRoles.GetAsync(call.GuildId, stop);
            foreach (var verdict in EvaluateRules.Of(rules, about, facts, before, time.GetUtcNow()).Verdicts)
                Describe(text, verdict, member.Roles.Contains(verdict.Tier.Role), hierarchy);
        }

        text.AppendLine($"By version {rules.Version} of the rules.");
        Describe(text, await decisions.HistoryAsync(call.GuildId, about, Shown, stop));
        return Say.Privately(text.ToString());
    }

    /// <returns>Whether it is known what they hold; null facts for somebody who is not linked.</returns>
    private async Task<(bool IsKnown, MemberFacts? Facts)> DescribeAsync(StringBuilder text, ulong about, GuildRules rules, CancellationToken stop)
    {
        text.Append(Say.User(about));
        if (await links.FindAsync(about, stop) is not { } link)
        {
            text.AppendLine(" has no linked Rally account; `/coin join` links one.");
            return (true, null);
        }

        text.Append($" is linked to the Rally account **{Say.Quote(link.Username)}** since {Say.Time(link.LinkedAt)}");
        if (link.BrokenAt is { } brokenAt)
        {
            text.AppendLine($", but the bot's access was withdrawn at {Say.Time(brokenAt)}; `/coin join` gives it again.");
            return (true, null);
        }

        if (await network.ReadHoldingsAsync(link.RallyId, stop) is not HoldingsAnswer.Read read)
        {
            text.AppendLine(", but Rally does not let the bot see it now; nothing is taken away meanwhile.");
            return (false, null);
        }

        var held = rules.Tiers.SelectMany(tier => tier.Coins).Distinct().Select(coin => $"**{read.Holdings.Of(coin)} {coin}**").ToList();
        text.AppendLine(held.Count > 0 ? $" and holds {string.Join(", ", held)} now." : ".");
        return (true, await readFacts.ExecuteAsync(link, read.Holdings, rules, stop));
    }

    private static void Describe(StringBuilder text, Verdict verdict, bool has, RoleHierarchy hierarchy)
    {
        text.Append($"- {Say.Role(verdict.Tier.Role)}: {(has ? "has it" : "lacks it")}. Rule: {RuleWords.Of(verdict.Tier)}. {RuleWords.Of(verdict)}")
            .Append((verdict.Wanted, has) switch
            {
                (true, false) => " It is about to be given.",
                (false, true) when verdict.Ground != Ground.NotLinked => " It is about to be taken.",
                _ => "",
            })
            .AppendLine(hierarchy.WhyNot(verdict.Tier.Role) is { } obstacle ? $" {obstacle}" : "");
        if (verdict.Finding is null)
            return;
        foreach (var line in RuleWords.Of(verdict.Finding))
            text.AppendLine($"  {line}");
    }

    private static void Describe(StringBuilder text, IReadOnlyList<Decision> history)
    {
        text.AppendLine(history.Count == 0 ? "No decision has been made yet." : "Decisions, newest first:");
        foreach (var made in history)
        {
            text.Append($"- {Say.Time(made.At)} **{Word(made.Outcome)}** {Say.Role(made.RoleId)}: ")
                .Append(made.Holding is { } held ? $"held {held} {made.Coin}" : made.Coin.Length > 0 ? "not linked" : "by other conditions")
                .Append($" (rule {made.Enter} / {made.Leave}){(made.Version is { } version ? $", version {version}" : "")}, because of {Say.Quote(made.Because)}")
                .AppendLine(made.Detail.Length > 0 ? $". {made.Detail}" : "");
        }
    }

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Granted => "given",
        Outcome.Removed => "taken",
        _ => "not possible",
    };
}
