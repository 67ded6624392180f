namespace Rally.Auth.Server;

/// <summary>An error of RFC 6749, 6750, 9396 or 9449.</summary>
/// <param name="Code">The RFC's word.</param>
/// <param name="Description">
/// For the client's developer. The RFC allows printable ASCII without '"' and '\', so nothing the client sent is
/// repeated in it.
/// </param>
internal sealed record OAuthError(string Code, string Description)
{
    public static OAuthError InvalidRequest(string description) => new("invalid_request", description);

    public static OAuthError InvalidGrant(string description) => new("invalid_grant", description);

    public static OAuthError InvalidScope(string description) => new("invalid_scope", description);

    public static OAuthError UnauthorizedClient(string description) => new("unauthorized_client", description);

    public static OAuthError InvalidProof(string description) => new("invalid_dpop_proof", description);

    // RFC 9126, 2.3, has the status 429 and no word for it; this one is RFC 6749's for a server that cannot answer now.
    public static OAuthError TooManyRequests { get; } =
        new("temporarily_unavailable", "There were too many requests from this network. Wait as Retry-After says.");

    public static OAuthError AccessDenied { get; } = new("access_denied", "The person said no.");

    public static OAuthError LoginRequired { get; } = new("login_required", "The person would have to sign in.");

    public static OAuthError ConsentRequired { get; } = new("consent_required", "The person would have to consent.");

    // One sentence for every cause: which of them it was helps only whoever guesses.
    public static OAuthError InvalidClient { get; } =
        new("invalid_client", "The client is unknown, or did not authenticate the way it is registered.");

    public static OAuthError Repeated { get; } = InvalidRequest("A parameter is there more than once.");
}
