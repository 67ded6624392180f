namespace Rally.Auth.Links;

/// <summary>Settings of linked identities.</summary>
public sealed class LinkOptions
{
    /// <summary>EIP-155 number of the chain that wallet messages name; 1 is Ethereum.</summary>
    public ulong ChainId { get; set; } = 1;

    /// <summary>Signing in with Discord, to link an account there.</summary>
    public OAuthLinkOptions Discord { get; set; } = new()
    {
        AuthorizationEndpoint = new("https://discord.com/oauth2/authorize"),
        TokenEndpoint = new("https://discord.com/api/v10/oauth2/token"),
        UserEndpoint = new("https://discord.com/api/v10/users/@me"),
    };

    /// <summary>Signing in with Twitch, to link an account there.</summary>
    public OAuthLinkOptions Twitch { get; set; } = new()
    {
        AuthorizationEndpoint = new("https://id.twitch.tv/oauth2/authorize"),
        TokenEndpoint = new("https://id.twitch.tv/oauth2/token"),
        UserEndpoint = new("https://api.twitch.tv/helix/users"),
    };

    internal OAuthLinkOptions? Of(LinkProvider provider) =>
        provider == LinkProvider.Discord ? Discord : provider == LinkProvider.Twitch ? Twitch : null;
}
