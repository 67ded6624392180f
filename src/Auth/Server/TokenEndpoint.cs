using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Server.Devices;
using Rally.Auth.Server.Dpop;

namespace Rally.Auth.Server;

/// <summary>POST /oauth2/token (RFC 6749, 3.2).</summary>
internal sealed class TokenEndpoint(
    ClientAuthentication clients,
    RedeemCode redeemCode,
    RotateRefreshToken rotate,
    IssueClientToken issueClientToken,
    RedeemDeviceCode redeemDeviceCode,
    IdTokenWriter idTokens,
    DpopProofs proofs,
    Issuer issuer)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        if (await IssueToKnownAsync(context, stop) is { } known)
            return OAuthJson.Ok(context.Response, known);
        var (client, form, error) = await clients.ReadAsync(context);
        if (client is null || form is null)
            return OAuthJson.Error(context.Response, error ?? OAuthError.InvalidClient);
        var (key, fault) = await proofs.CheckAsync(context.Request, stop);
        if (fault is not null)
            return OAuthJson.Error(context.Response, OAuthError.InvalidProof(fault));

        while (true)
        {
            switch (await IssueAsync(client, form, key is null ? null : new(key, client.IsPublic), stop))
            {
                case TokenOutcome.Issued issued:
                    return OAuthJson.Ok(context.Response, await WithIdTokenAsync(context, client, issued));
                case TokenOutcome.Refused refused:
                    return OAuthJson.Error(context.Response, refused.Error);
                case TokenOutcome.ClientChanged:
                    (client, form, error) = await clients.ReadAsync(context);
                    if (client is null || form is null)
                        return OAuthJson.Error(context.Response, error ?? OAuthError.InvalidClient);
                    break;
                case var other:
                    throw new UnreachableException($"{other.GetType()}");
            }
        }
    }

    /// <summary>The same, sooner, for the clients that ask most often: with a secret, and once before.</summary>
    /// <returns>Null where there is more to look at, or something to refuse.</returns>
    private async Task<TokenResponse?> IssueToKnownAsync(HttpContext context, CancellationToken stop)
    {
        if (context.Request.Headers.ContainsKey(DpopProofs.Header) || await Parameters.OfFormAsync(context.Request) is not { } form
            || form["grant_type"] is not (GrantType.ClientCredentials or GrantType.RefreshToken)
            || clients.FindKnown(context.Request, form) is not { } client)
            return null;
        if (form["grant_type"] == GrantType.ClientCredentials)
            return await issueClientToken.TryKnownAsync(client, form, stop);
        return await rotate.TryKnownAsync(client, form, stop) is { } issued ? await WithIdTokenAsync(context, client.Client, issued) : null;
    }

    private async Task<TokenResponse> WithIdTokenAsync(HttpContext context, Client client, TokenOutcome.Issued issued)
    {
        var response = issued.Response;
        if (!Scope.Split(response.Scope).Contains(Scope.OpenId))
            return response;
        return response with
        {
            IdToken = await idTokens.WriteAsync(
                issuer.Of(context.Request), client, issued.Grant, response.AccessToken, issued.Nonce, context.RequestAborted),
        };
    }

    private async Task<TokenOutcome> IssueAsync(Client client, Parameters form, DpopKey? key, CancellationToken stop)
    {
        if (form["grant_type"] is not { } grantType)
            return new TokenOutcome.Refused(OAuthError.InvalidRequest("grant_type is required."));
        if (!GrantType.All.Contains(grantType))
            return new TokenOutcome.Refused(new("unsupported_grant_type", "This server does not know that grant_type."));
        if (!client.MayUse(grantType))
            return new TokenOutcome.Refused(OAuthError.UnauthorizedClient("The client is not registered for that grant_type."));
        return grantType switch
        {
            GrantType.AuthorizationCode => await redeemCode.ExecuteAsync(client, form, key, stop),
            GrantType.RefreshToken => await rotate.ExecuteAsync(client, form, key, stop),
            GrantType.DeviceCode => await redeemDeviceCode.ExecuteAsync(client, form, key, stop),
            _ => await issueClientToken.ExecuteAsync(client, form, key, stop),
        };
    }
}
