using System.Text;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.DiscordApi.Rest;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Bot.Roles;

namespace Rally.Bot.Commands;

/// <summary><c>/tier why</c>: why a member has, or lacks, each role: the holding, the rule, and every decision.</summary>
internal sealed class TierWhy(
    Tiers tiers, Links links, RallyClient network, DiscordRest discord, GuildRoles guildRoles, Decisions decisions) : SlashCommand
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

        var rules = await tiers.ListAsync(call.GuildId, stop);
        if (rules.Count == 0)
            return Say.Privately("This server has no tiers, so the bot gives and takes no roles. `/tier add` makes one.");
        var member = await discord.GetGuildMemberAsync(call.GuildId, about, stop);
        if (member is null)
            return Say.Privately($"{Say.User(about)} is not a member of this server.");

        var text = new StringBuilder();
        var holdings = await DescribeHoldingsAsync(text, about, rules, stop);
        var hierarchy = await guildRoles.GetAsync(call.GuildId, stop);
        foreach (var tier in rules)
        {
            var has = member.Roles.Contains(tier.RoleId);
            text.Append($"- {Say.Role(tier.RoleId)}: {(has ? "has it" : "lacks it")}. Rule: {tier.Enter} {tier.Coin} to get it, {tier.Leave} to keep it. ")
                .AppendLine(Verdict(tier, has, holdings) + (hierarchy.WhyNot(tier.RoleId) is { } obstacle ? $" {obstacle}" : ""));
        }

        var history = await decisions.HistoryAsync(call.GuildId, about, Shown, stop);
        text.AppendLine(history.Count == 0 ? "No decision has been made yet." : "Decisions, newest first:");
        foreach (var made in history)
        {
            text.Append($"- {Say.Time(made.At)} **{Word(made.Outcome)}** {Say.Role(made.RoleId)}: ")
                .Append(made.Holding is { } held ? $"held {held} {made.Coin}" : "not linked")
                .Append($" (rule {made.Enter} / {made.Leave}), because of {made.Because}")
                .AppendLine(made.Detail.Length > 0 ? $". {made.Detail}" : "");
        }

        return Say.Privately(text.ToString());
    }

    private async Task<Holdings?> DescribeHoldingsAsync(StringBuilder text, ulong about, IReadOnlyList<Tier> rules, CancellationToken stop)
    {
        text.Append(Say.User(about));
        if (await links.FindAsync(about, stop) is not { } link)
        {
            text.AppendLine(" has no linked Rally account; `/coin join` links one.");
            return null;
        }

        text.Append($" is linked to the Rally account **{Say.Quote(link.Username)}** since {Say.Time(link.LinkedAt)}");
        if (link.BrokenAt is { } brokenAt)
        {
            text.AppendLine($", but the bot's access was withdrawn at {Say.Time(brokenAt)}; `/coin join` gives it again.");
            return null;
        }

        if (await network.ReadHoldingsAsync(link.RallyId, stop) is not HoldingsAnswer.Read read)
        {
            text.AppendLine(", but Rally does not let the bot see it now; nothing is taken away meanwhile.");
            return null;
        }

        var held = rules.Select(tier => tier.Coin).Distinct().Select(coin => $"**{read.Holdings.Of(coin)} {coin}**");
        text.AppendLine($" and holds {string.Join(", ", held)} now.");
        return read.Holdings;
    }

    private static string Verdict(Tier tier, bool has, Holdings? holdings)
    {
        if (holdings is null)
            return has ? "Nothing is known of their holding." : "Without a link nothing is known of their holding.";
        var holding = holdings.Of(tier.Coin);
        return (tier.Wants(holding, has), has) switch
        {
            (true, true) => $"{holding} is enough to keep it.",
            (false, false) => $"{holding} is not enough to get it.",
            (true, false) => $"{holding} is enough: it is about to be given.",
            (false, true) => $"{holding} is too little: it is about to be taken.",
        };
    }

    private static string Word(Outcome outcome) => outcome switch
    {
        Outcome.Granted => "given",
        Outcome.Removed => "taken",
        _ => "not possible",
    };
}
