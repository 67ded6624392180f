using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Auth.Apps;
using Rally.Auth.Server.Dpop;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Authenticates API requests by access token, in the Authorization header only (RFC 6750). A token that is bound to a key comes
/// as <c>DPoP</c>, with a proof (RFC 9449, 7), and never as <c>Bearer</c>. The principal has <c>client_id</c>, a <c>scope</c> each, the
/// token's <c>jti</c>, and <c>sub</c> unless the token is a client's own.
/// </summary>
internal sealed class BearerHandler(
    Database database, AppGate gate, DpopProofs proofs, TimeProvider time, IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "Bearer";

    // One handler serves one request.
    private bool _isDpop;
    private string _error = "invalid_token";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0 ||
            !AuthenticationHeaderValue.TryParse(header.ToString(), out var value))
            return AuthenticateResult.NoResult();
        _isDpop = value.Scheme.Equals(DpopProofs.Header, StringComparison.OrdinalIgnoreCase);
        if (!_isDpop && !value.Scheme.Equals(Name, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (OpaqueToken.Hash(value.Parameter) is not { } hash)
            return AuthenticateResult.Fail("The access token is malformed.");

        var row = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>($"""
            SELECT g.client_id, g.account_id, t.scope, t.proof_key, t.expires_at FROM {FindTokens.Working} AND t.hash = @hash
            """, new { hash, now = time.GetUtcNow(), gate.AlsoOpen }), Context.RequestAborted);
        if (row is null)
            return AuthenticateResult.Fail("The access token is unknown, expired or revoked, or its app may not use the network.");
        if (await FaultOfProofAsync(row.ProofKey, value.Parameter!) is { } fault)
            return AuthenticateResult.Fail(fault);

        var identity = new ClaimsIdentity(Name, nameType: "sub", roleType: null);
        identity.AddClaim(new Claim("client_id", row.ClientId));
        if (row.AccountId is { } account)
            identity.AddClaim(new Claim("sub", account.ToString()));
        identity.AddClaims(Scope.Split(row.Scope).Select(scope => new Claim("scope", scope)));
        // Answers that go on and on end with the token, or when it is revoked.
        identity.AddClaim(new Claim(FindTokens.IdClaim, FindTokens.IdOf(hash)));
        var properties = new AuthenticationProperties { ExpiresUtc = row.ExpiresAt };
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Name));
    }

    private async Task<string?> FaultOfProofAsync(string? key, string token)
    {
        if (key is null)
            return _isDpop ? "The access token is bound to no key; it comes as Bearer." : null;
        if (!_isDpop)
            return "The access token is bound to a key; it comes as DPoP, with a proof.";
        var fault = await proofs.CheckAsync(Request, token, key, Context.RequestAborted);
        if (fault is not null)
            _error = OAuthError.InvalidProof(fault).Code;
        return fault;
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var attempt = await HandleAuthenticateOnceSafeAsync();
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        // Without a token there is nothing wrong with it, so no error is named (RFC 6750, 3.1).
        Challenge(attempt.Failure is { } failure ? $", error=\"{_error}\", error_description=\"{failure.Message}\"" : "");
    }

    // Both ways to send a token are offered, and the one that was tried says what was wrong (RFC 9449, 7.2).
    private void Challenge(string error) => Response.Headers.WWWAuthenticate = new([
        $"{Name} realm=\"api\"{(_isDpop ? "" : error)}",
        $"{DpopProofs.Header} realm=\"api\"{(_isDpop ? error : "")}, algs=\"{DpopProofs.Algorithms}\""]);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        Challenge(", error=\"insufficient_scope\"");
        return Task.CompletedTask;
    }

    private sealed record Row(string ClientId, Guid? AccountId, string Scope, string? ProofKey, DateTimeOffset ExpiresAt);
}
