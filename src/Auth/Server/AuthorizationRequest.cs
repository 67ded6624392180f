using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Spending;

namespace Rally.Auth.Server;

/// <summary>A valid authorization request.</summary>
internal sealed record AuthorizationRequest(
    Client Client,
    string RedirectUri,
    string? State,
    IReadOnlyList<string> Scopes,
    string CodeChallenge,
    IdentityLink? Link)
{
    /// <summary>How much of which coins the app proposes to be allowed to spend.</summary>
    public IReadOnlyList<SpendingLimit> Limits { get; init; } = [];

    /// <summary>Goes into the ID token as it came.</summary>
    public string? Nonce { get; init; }

    /// <summary>The thumbprint of the key that the code will be bound to (RFC 9449, 10); null for none.</summary>
    public string? ProofKey { get; init; }

    /// <summary>Of <see cref="Prompt.All"/>; none of them, or none by itself, most of the time.</summary>
    public IReadOnlyList<string> Prompts { get; init; } = [];

    /// <summary>How long ago the person may have signed in; null for any time.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The key of the request that the client pushed; null when it came with the browser.</summary>
    public byte[]? Pushed { get; init; }

    /// <summary>
    /// It came in by the former Rally's API (see <see cref="Former.FormerLinking"/>): without a proof key, and the answer is a
    /// code for that API or the word "cancelled".
    /// </summary>
    public bool IsFormer { get; init; }

    /// <summary>Refuses this request.</summary>
    public Refused Refuse(OAuthError error) => new(RedirectUri, State, error) { IsFormer = IsFormer };

    /// <summary>The redirect back to the client with a code.</summary>
    public string Answer(string issuer, string code) => Answer(RedirectUri, State, IsFormer ? null : issuer, ("code", code));

    /// <summary>What an authorization request turned out to be.</summary>
    internal abstract record Reading;

    internal sealed record Valid(AuthorizationRequest Request) : Reading;

    /// <summary>The client is to be told, at its redirect URI.</summary>
    internal sealed record Refused(string RedirectUri, string? State, OAuthError Error) : Reading
    {
        /// <summary>See <see cref="AuthorizationRequest.IsFormer"/>.</summary>
        public bool IsFormer { get; init; }

        /// <summary>The redirect back to the client with the error.</summary>
        public string Answer(string issuer) => IsFormer
            ? AuthorizationRequest.Answer(RedirectUri, State, null, ("code", "cancelled"))
            : AuthorizationRequest.Answer(RedirectUri, State, issuer, ("error", Error.Code), ("error_description", Error.Description));
    }

    /// <summary>Nobody can be told but the person: client or redirect URI are not known good.</summary>
    internal sealed record Unanswerable(string Reason) : Reading;

    // RFC 6749, 4.1.2; iss is RFC 9207, which the former API did not have.
    private static string Answer(string redirectUri, string? state, string? issuer, params (string Name, string Value)[] values)
    {
        var query = values.ToDictionary(pair => pair.Name, string? (pair) => pair.Value);
        if (state is not null)
            query["state"] = state;
        if (issuer is not null)
            query["iss"] = issuer;
        return QueryHelpers.AddQueryString(redirectUri, query);
    }
}
