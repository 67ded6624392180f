using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Linking;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin leave</c>: undoes the link and gives the bot's access back.</summary>
internal sealed class CoinLeave(Links links, FanTokens tokens, RallyOAuth oauth, ShownMembers shown, ILogger<CoinLeave> log) : SlashCommand
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("leave");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var refreshToken = await tokens.RefreshTokenAsync(call.UserId, stop);
        if (!await links.RemoveAsync(call.UserId, stop))
            return call.Privately("link.none");
        await shown.ForgetAsync(call.UserId, stop);
        var isRevoked = true;
        try
        {
            if (refreshToken is not null)
                await oauth.RevokeAsync(refreshToken, stop);
        }
        catch (NetworkException fault)
        {
            // The bot has forgotten the tokens either way.
            log.LogWarning("Tokens of an unlinked fan could not be revoked: {Reason}", fault.Message);
            isRevoked = false;
        }

        return Say.Privately(call.Say("leave.done") + (isRevoked ? "" : $" {call.Say("leave.not-revoked")}"));
    }
}
