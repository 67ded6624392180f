using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Auth.Apps;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Authenticates API requests by access token, in the Authorization header only (RFC 6750). The principal has
/// <c>client_id</c>, a <c>scope</c> each, and <c>sub</c> unless the token is a client's own.
/// </summary>
internal sealed class BearerHandler(
    Database database, AppGate gate, TimeProvider time, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "Bearer";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0 ||
            !AuthenticationHeaderValue.TryParse(header.ToString(), out var value) ||
            !value.Scheme.Equals(Name, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (OpaqueToken.Hash(value.Parameter) is not { } hash)
            return AuthenticateResult.Fail("The access token is malformed.");

        var row = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>("""
            SELECT g.client_id, g.account_id, t.scope
            FROM auth_access_token t JOIN auth_grant g ON g.id = t.grant_id JOIN auth_client c ON c.id = g.client_id
            WHERE t.hash = @hash AND t.expires_at > @now AND g.revoked_at IS NULL AND c.state IN ('approved', @AlsoOpen)
            """, new { hash, now = time.GetUtcNow(), gate.AlsoOpen }), Context.RequestAborted);
        if (row is null)
            return AuthenticateResult.Fail("The access token is unknown, expired or revoked, or its app may not use the network.");

        var identity = new ClaimsIdentity(Name, nameType: "sub", roleType: null);
        identity.AddClaim(new Claim("client_id", row.ClientId));
        if (row.AccountId is { } account)
            identity.AddClaim(new Claim("sub", account.ToString()));
        identity.AddClaims(Scope.Split(row.Scope).Select(scope => new Claim("scope", scope)));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var attempt = await HandleAuthenticateOnceSafeAsync();
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        // Without a token there is nothing wrong with it, so no error is named (RFC 6750, 3.1).
        Response.Headers.WWWAuthenticate = attempt.Failure is { } failure
            ? $"Bearer realm=\"api\", error=\"invalid_token\", error_description=\"{failure.Message}\""
            : "Bearer realm=\"api\"";
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        Response.Headers.WWWAuthenticate = "Bearer realm=\"api\", error=\"insufficient_scope\"";
        return Task.CompletedTask;
    }

    private sealed record Row(string ClientId, Guid? AccountId, string Scope);
}
