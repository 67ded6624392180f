using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Server.Dpop;

namespace Rally.Auth.Server;

/// <summary>POST /oauth2/par (RFC 9126): the client is known, and its request found good, before a browser is sent here.</summary>
internal sealed class PushedRequestEndpoint(
    ClientAuthentication clients, AuthorizationRequestReader requests, PushedRequests pushed, DpopProofs proofs, AddressLimit limit)
{
    private const int MostCharacters = 8 * 1024;

    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var (client, form, error) = await clients.ReadAsync(context);
        // An app that has shown its secret is no stranger, and speaks for many people from one address.
        if (client is null or { IsPublic: true } && limit.SecondsToWait(context) is not null)
            return OAuthJson.Error(context.Response, OAuthError.TooManyRequests);
        if (client is null || form is null)
            return OAuthJson.Error(context.Response, error ?? OAuthError.InvalidClient);
        if (form["request_uri"] is not null)
            return OAuthJson.Error(context.Response, OAuthError.InvalidRequest("A request that is pushed cannot refer to another."));
        // A proof says the same as dpop_jkt does, and that the client has the key (RFC 9449, 10.1).
        var (key, fault) = await proofs.CheckAsync(context.Request, context.RequestAborted);
        var named = form[AuthorizationRequestReader.ProofKeyName];
        if (fault is not null || (key is not null && named is not null && key != named))
            return OAuthJson.Error(context.Response, OAuthError.InvalidProof(fault ?? "The DPoP proof is made with another key than dpop_jkt names."));
        var query = form.ToQuery(without: "client_secret", with: ("client_id", client.Id));
        if (key is not null && named is null)
            query += $"&{AuthorizationRequestReader.ProofKeyName}={key}";
        if (query.Length > MostCharacters)
            return OAuthJson.Error(context.Response, OAuthError.InvalidRequest("The request is too long."));
        return await requests.ReadAsync(Parameters.OfQuery(query), context.RequestAborted) switch
        {
            AuthorizationRequest.Valid => OAuthJson.Created(context.Response, new
            {
                RequestUri = await pushed.AddAsync(client, query, context.RequestAborted),
                ExpiresIn = (long)PushedRequests.Lifetime.TotalSeconds,
            }),
            AuthorizationRequest.Refused refused => OAuthJson.Error(context.Response, refused.Error),
            _ => OAuthJson.Error(context.Response, OAuthError.InvalidRequest("redirect_uri is missing, or not one the client has registered.")),
        };
    }
}
