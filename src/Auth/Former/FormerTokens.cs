using System.Diagnostics;
using System.Text.Json.Serialization;
using Dapper;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Apps;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Former;

/// <summary>
/// POST /v1/oauth/register and /v1/oauth/refresh: how an app signed in at the former Rally. User name and password are its
/// client id and secret; what it gets is the token of client credentials, and a refresh token with it.
/// </summary>
internal sealed class FormerTokens(
    Database database, ClientAuthentication authentication, ClientStore clients, AppGate gate, IssueClientToken issue, RotateRefreshToken rotate)
{
    internal sealed record RegisterBody(string Username, string Password);

    internal sealed record RefreshBody([property: JsonPropertyName("refresh_token")] string RefreshToken);

    /// <param name="ExpiresIn">Seconds.</param>
    internal sealed record TokenAnswer(
        [property: JsonPropertyName("access_token")] string AccessToken,
        [property: JsonPropertyName("refresh_token")] string RefreshToken,
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("expires_in")] long ExpiresIn);

    public async Task<IResult> RegisterAsync(HttpContext context)
    {
        var (body, problem) = await FormerJson.ReadAsync(context.Request);
        if (problem is not null)
            return problem;
        if (FormerJson.Text(body, "username") is not { } username || FormerJson.Text(body, "password") is not { } password)
            return FormerJson.BadRequest("'username' and 'password' are needed: the app's client id and secret.");
        if (await authentication.FindProvenAsync(username, password, context.RequestAborted) is not { } client)
            return FormerJson.Unauthorized(context, "No app has this user name and password; they are its client id and secret.");
        if (gate.FaultOf(client) is { } closed)
            return FormerJson.Forbidden("unauthorized-client", closed);
        if (!client.MayUse(GrantType.ClientCredentials))
            return FormerJson.Forbidden("unauthorized-client", "This app is not registered for client_credentials; its owner can change that.");
        return Answer(context, await issue.WithRefreshTokenAsync(client, context.RequestAborted));
    }

    /// <summary>
    /// The token is all that is sent, so it must be the app's own: one that a person gave is for those who also know the
    /// app's secret.
    /// </summary>
    public async Task<IResult> RefreshAsync(HttpContext context)
    {
        var (body, problem) = await FormerJson.ReadAsync(context.Request);
        if (problem is not null)
            return problem;
        if (FormerJson.Text(body, "refresh_token") is not { } token)
            return FormerJson.BadRequest("'refresh_token' is needed.");
        while (true)
        {
            var client = await FindClientAsync(token, context.RequestAborted);
            if (client is not null && gate.FaultOf(client) is { } closed)
                return FormerJson.Forbidden("unauthorized-client", closed);
            if (client is null || !client.MayUse(GrantType.ClientCredentials))
                return Answer(context, RotateRefreshToken.Unknown);
            if (await rotate.ExecuteAsync(client, token, isProven: false, [], key: null, context.RequestAborted) is not TokenOutcome.ClientChanged and var outcome)
                return Answer(context, outcome);
        }
    }

    private async Task<Client?> FindClientAsync(string token, CancellationToken stop)
    {
        if (OpaqueToken.Hash(token) is not { } hash)
            return null;
        var id = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<string?>("""
            SELECT g.client_id FROM auth_refresh_token r JOIN auth_grant g ON g.id = r.grant_id
            WHERE r.hash = @hash AND g.account_id IS NULL
            """, new { hash }), stop);
        return await clients.FindAsync(id, stop);
    }

    private static IResult Answer(HttpContext context, TokenOutcome outcome) => outcome switch
    {
        TokenOutcome.Issued { Response: var issued } => FormerJson.Ok(
            context, new TokenAnswer(issued.AccessToken, issued.RefreshToken!, issued.TokenType, issued.ExpiresIn)),
        TokenOutcome.Refused => FormerJson.Unauthorized(
            context, "The refresh token is unknown, expired, used or revoked: sign in again at /v1/oauth/register."),
        _ => throw new UnreachableException($"{outcome.GetType()}"),
    };
}
