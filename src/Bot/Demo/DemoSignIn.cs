using Rally.Sandbox;

namespace Rally.Bot.Demo;

/// <summary>The sandbox in the place of Discord and Twitch where accounts are linked by signing in there.</summary>
internal static class DemoSignIn
{
    /// <summary>The host's settings for it.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> SettingsOf(SandboxServer sandbox) =>
        [.. Of("Discord", sandbox.DiscordSignIn), .. Of("Twitch", sandbox.TwitchSignIn)];

    private static KeyValuePair<string, string?>[] Of(string site, SandboxSignIn app) =>
    [
        new($"Auth:Links:{site}:ClientId", app.ClientId),
        new($"Auth:Links:{site}:ClientSecret", app.ClientSecret),
        new($"Auth:Links:{site}:AuthorizationEndpoint", app.Authorize.AbsoluteUri),
        new($"Auth:Links:{site}:TokenEndpoint", app.Token.AbsoluteUri),
        new($"Auth:Links:{site}:UserEndpoint", app.User.AbsoluteUri),
    ];
}
