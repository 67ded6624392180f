using Microsoft.AspNetCore.Http;

namespace Rally.Sandbox.OAuth;

/// <summary>What an app asks for when it sends a browser here.</summary>
internal sealed record AuthorizationQuery(Uri RedirectUri, string Scope, string? State, string? Challenge)
{
    /// <returns>The request, or what is wrong with it, in a sentence.</returns>
    public static (AuthorizationQuery? Query, string? Fault) Read(IQueryCollection query, string clientId)
    {
        string? Of(string name) => query[name] is [{ Length: > 0 } value] ? value : null;
        if (Of("client_id") != clientId)
            return (null, "No app has this client_id.");
        // The real ones want it registered to the letter; here any address of this machine will do.
        if (!Uri.TryCreate(Of("redirect_uri"), UriKind.Absolute, out var redirectUri) || !redirectUri.IsLoopback || redirectUri.Scheme is not ("http" or "https"))
            return (null, "redirect_uri must be an http address of this machine.");
        if (Of("response_type") != "code")
            return (null, "response_type must be code.");
        if (Of("code_challenge") is not null && Of("code_challenge_method") != "S256")
            return (null, "code_challenge_method must be S256.");
        return (new(redirectUri, Of("scope") ?? "", Of("state"), Of("code_challenge")), null);
    }
}
