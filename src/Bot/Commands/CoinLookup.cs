using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Linking;

namespace Rally.Bot.Commands;

/// <summary><c>/coin lookup</c>: what a member holds, if they let others see it, or the caller gives roles by it.</summary>
internal sealed class CoinLookup(Links links, ShownMembers shown, HoldingsText holdings) : SlashCommand
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("lookup", Required(CommandOptionType.User, CommandCall.MemberOption));

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var about = call.User(CommandCall.MemberOption);
        var maySee = about == call.UserId || call.May(Permissions.ManageRoles) || await shown.IsShownAsync(call.GuildId, about, stop);
        // Whether somebody is linked is theirs to tell, too.
        if (!maySee)
            return call.Privately("lookup.not-shown", Say.User(about));
        return await links.FindAsync(about, stop) is { BrokenAt: null } link && await holdings.ReadAsync(call, link, Say.User(about), stop) is { } text
            ? Say.Privately(text)
            : call.Privately("lookup.not-linked", Say.User(about));
    }
}
