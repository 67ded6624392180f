using Rally.Auth.Apps;
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

    /// <summary>Whose app it is; null for one that the operator registered by command.</summary>
    public Guid? AccountId { get; init; }

    /// <summary>Of <see cref="AppState.All"/>.</summary>
    public string State { get; init; } = AppState.Approved;

    /// <summary>Why the operator refused or suspended it.</summary>
    public string? Reason { get; init; }

    public string? HomePage { get; init; }

    /// <summary>Proposed to its developer when they make a webhook endpoint; by itself nothing is sent there.</summary>
    public string? Webhook { get; init; }

    /// <summary>Changes with its logo; null when it has none.</summary>
    public string? LogoVersion { get; init; }

    /// <summary>SHA-256 of the secret before the present one, which is good until <see cref="OldSecretUntil"/>.</summary>
    public byte[]? OldSecretHash { get; init; }

    public DateTimeOffset? OldSecretUntil { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public bool IsApproved => State == AppState.Approved;

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
