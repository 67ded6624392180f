using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Apps;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Former;

/// <summary>
/// POST /v1/oauth/authorize and /v1/oauth/userinfo: how an app of the former Rally linked a person. The page in between is
/// the one of OAuth 2, with the request pushed ahead (RFC 9126); the code is good for nothing but the person's name and id.
/// </summary>
internal sealed class FormerLinking(
    Database database, ClientStore clients, AuthorizationRequestReader requests, PushedRequests pushed, Issuer issuer, TimeProvider time)
{
    /// <summary>What a person allows an app by linking it, as far as it is registered for that. Transfers ask each time.</summary>
    public static IReadOnlyList<string> Scopes { get; } = [KnownScopes.Profile.Name, KnownScopes.ReadBalances.Name];

    internal sealed record AuthorizeBody(string Callback, string? State = null);

    internal sealed record AuthorizeAnswer(string Url);

    internal sealed record UserInfoBody(string Code);

    internal sealed record UserInfoAnswer(string Username, Guid RnbUserId);

    public async Task<IResult> AuthorizeAsync(HttpContext context)
    {
        var (app, refusal) = FormerCaller.OfApp(context);
        if (app is null)
            return refusal!;
        var (body, problem) = await FormerJson.ReadAsync(context.Request);
        if (problem is not null)
            return problem;
        if (FormerJson.Text(body, "callback") is not { } callback)
            return FormerJson.BadRequest("'callback' is needed: one of the addresses that the app has registered for answers.");
        if (await clients.FindAsync(app.ClientId, context.RequestAborted) is not { } client)
            return FormerJson.Unauthorized(context, "The app is no longer registered.");
        if (!RedirectUri.Matches(client, callback))
            return FormerJson.BadRequest("'callback' is not one of the addresses that the app has registered for answers, to the letter.");
        if (!client.Scopes.Contains(KnownScopes.Profile.Name))
            return FormerJson.Forbidden("unauthorized-client", "This app is not registered for the scope profile; its owner can change that.");

        var query = Query(client, callback, FormerJson.Text(body, "state"));
        var address = await pushed.AddAsync(client, query, context.RequestAborted, isFormer: true);
        var url = QueryHelpers.AddQueryString(issuer.Of(context.Request) + Paths.Authorize, new Dictionary<string, string?>
        {
            ["client_id"] = client.Id,
            ["request_uri"] = address,
        });
        // The page would refuse it as well; here the app's developer is told.
        if (await requests.ReadAsync(Parameters.OfQuery(new Uri(url).Query), context.RequestAborted) is AuthorizationRequest.Refused refused)
            return FormerJson.BadRequest(refused.Error.Description);
        return FormerJson.Ok(context, new AuthorizeAnswer(url));
    }

    public async Task<IResult> UserInfoAsync(HttpContext context)
    {
        var (app, refusal) = FormerCaller.OfApp(context);
        if (app is null)
            return refusal!;
        var (body, problem) = await FormerJson.ReadAsync(context.Request);
        if (problem is not null)
            return problem;
        if (FormerJson.Text(body, "code") is not { } code)
            return FormerJson.BadRequest("'code' is needed: the one that came to the callback.");
        var person = OpaqueToken.Hash(code) is { } hash ? await TakeAsync(app.ClientId, hash, context.RequestAborted) : null;
        return person is null
            ? FormerJson.BadRequest("The code is unknown, expired, used, or another app's.")
            : FormerJson.Ok(context, new UserInfoAnswer(person.UserName, person.Id));
    }

    private static string Query(Client client, string callback, string? state)
    {
        var values = new Dictionary<string, string?>
        {
            ["client_id"] = client.Id,
            ["redirect_uri"] = callback,
            ["response_type"] = "code",
            ["scope"] = Scope.Join(Scopes.Intersect(client.Scopes)),
        };
        if (state is not null)
            values["state"] = state;
        return QueryString.Create(values).Value!;
    }

    /// <summary>Whose code it is, once: of two requests at once the first gets it. A code with a proof key is not for here.</summary>
    private Task<Person?> TakeAsync(string clientId, byte[] hash, CancellationToken stop) =>
        database.WriteAsync(async transaction =>
        {
            var taken = await transaction.Connection!.ExecuteAsync("""
                UPDATE auth_code SET used_at = @now
                WHERE hash = @hash AND code_challenge = '' AND used_at IS NULL AND expires_at > @now
                  AND grant_id IN (SELECT id FROM auth_grant WHERE client_id = @clientId AND revoked_at IS NULL)
                """, new { hash, clientId, now = time.GetUtcNow() }, transaction);
            return taken == 0 ? null : await transaction.Connection!.QuerySingleAsync<Person>("""
                SELECT a.id, a.user_name
                FROM auth_code c JOIN auth_grant g ON g.id = c.grant_id JOIN auth_account a ON a.id = g.account_id
                WHERE c.hash = @hash
                """, new { hash }, transaction);
        }, stop);

    private sealed record Person(Guid Id, string UserName);
}
