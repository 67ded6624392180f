using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Linking;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin join</c>: gives the caller, and nobody else, a link with which to link their Rally account.</summary>
internal sealed class CoinJoin(Links links, LinkOffers offers, Installation installation) : SlashCommand
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("join", "Link your Rally account to your Discord account");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        if (await links.FindAsync(call.UserId, stop) is { BrokenAt: null } link)
            return Say.Privately($"You are linked to the Rally account **{Say.Quote(link.Username)}** already. `/coin leave` undoes that.");

        var token = await offers.MakeAsync(new(call.UserId, call.UserName, call.GuildId), stop);
        var address = new Uri((await installation.GetAsync(stop)).PublicUrl, $"link/{token}").ToString();
        var text = "Follow this link, sign in to Rally (or sign up), and allow the link. It is for you alone, works once, " +
            $"and ends in {LinkOffers.Lifetime.TotalMinutes:0} minutes: {address}";
        return new(new()
        {
            Content = text,
            Components = [new ActionRow(new Button(ButtonStyle.Link, "Link my Rally account", Url: address))],
        });
    }
}
