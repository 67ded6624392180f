using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Linking;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin leave</c>: undoes the link and gives the bot's access back.</summary>
internal sealed class CoinLeave(Links links, FanTokens tokens, RallyOAuth oauth, ILogger<CoinLeave> log) : SlashCommand
{
    public override string Group => "coin";

    public override CommandOption Definition { get; } = Subcommand("leave", "Unlink your Rally account; roles from tiers go too");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var refreshToken = await tokens.RefreshTokenAsync(call.UserId, stop);
        if (!await links.RemoveAsync(call.UserId, stop))
            return Say.Privately("You have no linked Rally account. `/coin join` links one.");
        var revoked = "";
        try
        {
            if (refreshToken is not null)
                await oauth.RevokeAsync(refreshToken, stop);
        }
        catch (NetworkException fault)
        {
            // The bot has forgotten the tokens either way.
            log.LogWarning("Tokens of an unlinked fan could not be revoked: {Reason}", fault.Message);
            revoked = " The Rally network could not be told; you can also take the access away on your account page there.";
        }

        return Say.Privately($"Your Rally account is no longer linked. Your coins stay where they are; roles you had through tiers are taken back.{revoked}");
    }
}
