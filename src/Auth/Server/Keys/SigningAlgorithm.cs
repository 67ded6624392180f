namespace Rally.Auth.Server.Keys;

/// <summary>How ID tokens are signed (RFC 7518, 3.1).</summary>
internal static class SigningAlgorithm
{
    public const string Es256 = "ES256";

    /// <summary>What a client gets that says nothing (OpenID Connect Registration, 2).</summary>
    public const string Rs256 = "RS256";

    public static IReadOnlyList<string> All { get; } = [Rs256, Es256];
}
