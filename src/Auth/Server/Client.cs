using Rally.Auth.Server.Keys;

namespace Rally.Auth.Server;

/// <summary>A registered client.</summary>
/// <param name="SecretHash">SHA-256 of the secret; null for a public client.</param>
internal sealed record Client(
    string Id,
    string Name,
    string Owner,
    byte[]? SecretHash,
    IReadOnlyList<string> RedirectUris,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> GrantTypes)
{
    /// <summary>How its ID tokens are signed.</summary>
    public string IdTokenAlgorithm { get; init; } = SigningAlgorithm.Rs256;

    public bool IsPublic => SecretHash is null;

    public bool MayUse(string grantType) => GrantTypes.Contains(grantType);
}

/// <summary>The grant types of this server.</summary>
internal static class GrantType
{
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";
    public const string ClientCredentials = "client_credentials";

    public const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";

    public static IReadOnlyList<string> All { get; } = [AuthorizationCode, RefreshToken, ClientCredentials, DeviceCode];
}
