using System.Text.Json;

namespace Rally.Auth.Server;

/// <summary>RFC 6749, 5.1.</summary>
/// <param name="ExpiresIn">Seconds.</param>
internal sealed record TokenResponse(
    string AccessToken, string TokenType, long ExpiresIn, string? RefreshToken, string Scope, JsonElement? AuthorizationDetails);

/// <summary>How a token request ended.</summary>
internal abstract record TokenOutcome
{
    internal sealed record Issued(TokenResponse Response) : TokenOutcome;

    internal sealed record Refused(OAuthError Error) : TokenOutcome;
}
