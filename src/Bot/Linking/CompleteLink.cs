using Rally.Bot.Network;

namespace Rally.Bot.Linking;

/// <summary>A browser is back from the network with a code: exchanges it and links the two accounts.</summary>
internal sealed class CompleteLink(
    LinkOffers offers, Links links, FanTokens tokens, RallyOAuth oauth, RallyClient network, Installation installation, TimeProvider time,
    ILogger<CompleteLink> log)
{
    /// <summary>What came back.</summary>
    /// <param name="State">The <c>state</c> parameter.</param>
    /// <param name="BrowserMark">The cookie of the browser; null when it has none.</param>
    /// <param name="Code">The authorization code; null when the network answered with an error.</param>
    /// <param name="Error">The network's error, for example <c>access_denied</c>.</param>
    /// <param name="Issuer">The <c>iss</c> parameter (RFC 9207); null when there was none.</param>
    internal sealed record Request(string? State, string? BrowserMark, string? Code, string? Error, string? Issuer);

    internal abstract record Result
    {
        internal sealed record Linked(string DiscordName, string Username) : Result;

        /// <summary>Nothing was linked; the reason is for the person in front of the browser.</summary>
        internal sealed record NotLinked(string Reason) : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        if (string.IsNullOrEmpty(request.State) || string.IsNullOrEmpty(request.BrowserMark))
            return new Result.NotLinked("This page was not reached from a link that the bot gave in this browser. Open the link in the browser you sign in with.");
        var known = await installation.GetAsync(stop);
        if (!SameOrigin(request.Issuer, known.NetworkPublicUrl))
            return new Result.NotLinked("The answer came from another server than the one you were sent to.");
        if (await offers.TakeAsync(request.State, request.BrowserMark, stop) is not { } taken)
            return new Result.NotLinked("The link has been used, is over, or was begun in another browser.");
        if (request.Error is not null || string.IsNullOrEmpty(request.Code))
            return new Result.NotLinked(request.Error == "access_denied" ? "You declined." : $"The Rally network answered: {request.Error ?? "no code"}.");

        try
        {
            // From here on the code is spent: finish even if the browser goes away.
            var answer = await oauth.ExchangeCodeAsync(request.Code, taken.CodeVerifier, CancellationToken.None);
            var user = await network.FindUserAsync(answer.AccessToken, CancellationToken.None)
                ?? throw new NetworkException("The network does not know the token it just gave.");
            var link = new Link(taken.Offer.DiscordUserId, user.RallyId, user.Username, taken.Offer.GuildId, time.GetUtcNow(), null);
            var made = await links.MakeAsync(link, tokens.Seal(answer), CancellationToken.None);
            if (made is Links.MakeResult.Made)
                return new Result.Linked(taken.Offer.DiscordName, user.Username);

            await oauth.RevokeAsync(answer.RefreshToken ?? answer.AccessToken, CancellationToken.None);
            return new Result.NotLinked(made is Links.MakeResult.DiscordAccountTaken other
                ? $"The Discord account {taken.Offer.DiscordName} is linked to the Rally account {other.Username}. To change that, use /coin leave in Discord first."
                : $"The Rally account {user.Username} is linked to another Discord account. To change that, use /coin leave there first.");
        }
        catch (NetworkException fault)
        {
            log.LogWarning("A link could not be completed: {Reason}", fault.Message);
            return new Result.NotLinked("The Rally network could not be reached.");
        }
        catch (GrantRefusedException)
        {
            return new Result.NotLinked("The Rally network did not accept the code; it may be too old.");
        }
    }

    private static bool SameOrigin(string? issuer, Uri expected) =>
        Uri.TryCreate(issuer, UriKind.Absolute, out var url)
        && Uri.Compare(url, expected, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0;
}
