using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Linking;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin join</c>: gives the caller, and nobody else, a link with which to link their Rally account.</summary>
internal sealed class CoinJoin(Links links, LinkOffers offers, Installation installation) : SlashCommand
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("join");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        if (await links.FindAsync(call.UserId, stop) is { BrokenAt: null } link)
            return call.Privately("join.already", Say.Quote(link.Username));

        var token = await offers.MakeAsync(new(call.UserId, call.UserName, call.GuildId), stop);
        var address = new Uri((await installation.GetAsync(stop)).PublicUrl, $"link/{token}").ToString();
        return new(new()
        {
            Content = call.Say("join.follow", LinkOffers.Lifetime.TotalMinutes, address),
            Components = [new ActionRow(new Button(ButtonStyle.Link, call.Say("join.button"), Url: address))],
        });
    }
}
