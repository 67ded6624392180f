using System.Text.RegularExpressions;

namespace Rally.Bot.Demo;

/// <summary>Somebody who links their accounts as people do: a command in Discord, a link, a sign-in, a consent.</summary>
internal static partial class DemoPerson
{
    /// <returns>The link that <c>/coin join</c> gave; null when the member is linked already.</returns>
    public static async Task<Uri?> AskForLinkAsync(DemoDiscord discord, ulong memberId, CancellationToken stop)
    {
        var reply = await discord.RunAsync(memberId, "coin", "join", stop);
        if (LinkInReply().Match(reply) is { Success: true } found)
            return new Uri(found.Value);
        return reply.Contains("already", StringComparison.Ordinal) ? null : throw new DemoException($"/coin join said: {reply}");
    }

    /// <summary>Follows a link, signs in (or up), consents, and returns what the last page says.</summary>
    /// <param name="link">From <see cref="AskForLinkAsync"/>.</param>
    /// <param name="discordName">The Discord account whose name must be shown before consent.</param>
    /// <param name="username">The Rally account.</param>
    /// <param name="password">Its password.</param>
    /// <param name="signUp">Whether the account is to be opened on the way.</param>
    /// <param name="stop">Ends the walk.</param>
    public static async Task<string> FollowAsync(
        Uri link, string discordName, string username, string password, bool signUp, CancellationToken stop)
    {
        using var browser = new DemoBrowser();
        await browser.OpenAsync(link, stop);
        Expect(browser, discordName);
        await browser.PressAsync("Continue", new Dictionary<string, string>(), stop);
        if (signUp)
            await browser.FollowAsync("sign up", stop);
        await browser.PressAsync(signUp ? "Sign up" : "Sign in", new Dictionary<string, string> { ["username"] = username, ["password"] = password }, stop);
        Expect(browser, discordName);
        await browser.PressAsync("Allow", new Dictionary<string, string>(), stop);
        Expect(browser, "is now linked");
        Expect(browser, discordName);
        Expect(browser, username);
        return string.Join(' ', browser.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static void Expect(DemoBrowser browser, string words)
    {
        if (!browser.Text.Contains(words, StringComparison.Ordinal))
            throw new DemoException($"The page at {browser.Address.GetLeftPart(UriPartial.Path)} should say “{words}”, and says: {browser.Text.Trim()}");
    }

    [GeneratedRegex(@"https?://\S+/link/\S+")]
    private static partial Regex LinkInReply();
}
