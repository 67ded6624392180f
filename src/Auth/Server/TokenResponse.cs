using System.Text.Json;

namespace Rally.Auth.Server;

/// <summary>RFC 6749, 5.1.</summary>
/// <param name="ExpiresIn">Seconds.</param>
internal sealed record TokenResponse(
    string AccessToken, string TokenType, long ExpiresIn, string? RefreshToken, string Scope, JsonElement? AuthorizationDetails)
{
    /// <summary>Where openid was granted.</summary>
    public string? IdToken { get; init; }
}

/// <summary>How a token request ended.</summary>
internal abstract record TokenOutcome
{
    /// <param name="Nonce">Of the authorization request, for its ID token.</param>
    internal sealed record Issued(TokenResponse Response, Grant Grant, string? Nonce = null) : TokenOutcome;

    internal sealed record Refused(OAuthError Error) : TokenOutcome;

    /// <summary>Nothing was done: the client is no longer as it was when it proved itself, so it is to be looked at again.</summary>
    internal sealed record ClientChanged : TokenOutcome;
}
