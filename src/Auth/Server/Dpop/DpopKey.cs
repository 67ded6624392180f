namespace Rally.Auth.Server.Dpop;

/// <summary>The key that a token request has proven, and that its tokens are bound to.</summary>
/// <param name="Thumbprint">RFC 7638, SHA-256, base64url: what RFC 9449 calls jkt.</param>
/// <param name="BindsRefreshToken">
/// Whether the refresh token is bound too: a public client's. Another's is bound to the client's secret already, and may go with
/// the client to another key (RFC 9449, 5).
/// </param>
internal sealed record DpopKey(string Thumbprint, bool BindsRefreshToken)
{
    /// <summary>Whether what is bound to <paramref name="bound"/>, or to nothing, may be used with <paramref name="proven"/>.</summary>
    public static bool Fits(string? bound, DpopKey? proven) => bound is null || bound == proven?.Thumbprint;
}
