using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace Rally.Bot.Network;

/// <summary>The client's side of OAuth 2 (RFC 6749, RFC 7636): authorization address, token requests, revocation.</summary>
internal sealed class RallyOAuth(HttpClient http, Installation installation, IOptions<NetworkOptions> options)
{
    /// <summary>What the bot asks a fan for: to know them, to see their coins and since when they have linked what, to send what they tell it to.</summary>
    public const string FanScopes = "profile balances:read links:read transfers:send";

    /// <summary>What the bot needs for itself.</summary>
    public const string OwnScopes = "balances:read links:read webhooks:manage tiers:report";

    /// <summary>A fresh PKCE verifier: 256 bits, base64url.</summary>
    public static string NewCodeVerifier() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Where to send a fan's browser. The consent page there names the Discord account that will be linked.</summary>
    public async Task<Uri> AuthorizationUrlAsync(
        string state, string codeVerifier, string discordName, ulong discordUserId, ulong guildId, CancellationToken stop)
    {
        var known = await installation.GetAsync(stop);
        var challenge = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(codeVerifier)));
        object[] details =
        [
            new { type = "identity_link", provider = "Discord", name = discordName, id = $"{discordUserId}", guild = $"{guildId}" },
            // Of each coin, for which one a server uses may change; the fan can lower it there.
            new { type = "spending_limit", coin = "*", per_day = options.Value.SendLimitPerDay, in_all = options.Value.SendLimitInAll },
        ];
        return new(QueryHelpers.AddQueryString(new Uri(known.NetworkPublicUrl, "oauth2/authorize").ToString(), new Dictionary<string, string?>
        {
            ["response_type"] = "code",
            ["client_id"] = known.ClientId,
            ["redirect_uri"] = known.LinkCallback.ToString(),
            ["scope"] = FanScopes,
            ["state"] = state,
            ["code_challenge"] = challenge,
            ["code_challenge_method"] = "S256",
            ["authorization_details"] = JsonSerializer.Serialize(details),
        }));
    }

    /// <exception cref="GrantRefusedException">The code is used, expired, or not for this verifier and redirect URI.</exception>
    public async Task<TokenAnswer> ExchangeCodeAsync(string code, string codeVerifier, CancellationToken stop) =>
        await TokenAsync(new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = (await installation.GetAsync(stop)).LinkCallback.ToString(),
            ["code_verifier"] = codeVerifier,
        }, stop);

    /// <exception cref="GrantRefusedException">The refresh token is revoked or expired.</exception>
    public Task<TokenAnswer> RefreshAsync(string refreshToken, CancellationToken stop) =>
        TokenAsync(new() { ["grant_type"] = "refresh_token", ["refresh_token"] = refreshToken }, stop);

    /// <summary>
    /// Without naming scopes it is for all that the bot is registered for: one that was registered when the bot needed less goes on with
    /// what it has.
    /// </summary>
    public Task<TokenAnswer> ClientCredentialsAsync(CancellationToken stop) => TokenAsync(new() { ["grant_type"] = "client_credentials" }, stop);

    /// <summary>Tells the network that a fan's tokens are no longer wanted (RFC 7009).</summary>
    public async Task RevokeAsync(string refreshToken, CancellationToken stop)
    {
        using var answer = await PostAsync("oauth2/revoke", new() { ["token"] = refreshToken, ["token_type_hint"] = "refresh_token" }, stop);
        if (!answer.IsSuccessStatusCode)
            throw new NetworkException($"Revoking a token at the Rally network failed with {(int)answer.StatusCode}.");
    }

    private async Task<TokenAnswer> TokenAsync(Dictionary<string, string> form, CancellationToken stop)
    {
        using var answer = await PostAsync("oauth2/token", form, stop);
        if (answer.IsSuccessStatusCode)
        {
            return await ReadAsync<TokenAnswer>(answer, stop) is { AccessToken: not null } tokens
                ? tokens
                : throw new NetworkException("The Rally network's token endpoint answered something else than tokens.");
        }

        var error = answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized
            ? (await ReadAsync<ErrorAnswer>(answer, stop))?.Error
            : null;
        throw error == "invalid_grant"
            ? new GrantRefusedException(error)
            : new NetworkException($"The Rally network's token endpoint answered {(int)answer.StatusCode} {error}.");
    }

    /// <returns>Null when it is not that: what stands between may answer with a page of its own.</returns>
    private static async Task<T?> ReadAsync<T>(HttpResponseMessage answer, CancellationToken stop)
        where T : class
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync<T>(stop);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<HttpResponseMessage> PostAsync(string path, Dictionary<string, string> form, CancellationToken stop)
    {
        var known = await installation.GetAsync(stop);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(known.NetworkUrl, path)) { Content = new FormUrlEncodedContent(form) };
        var credentials = $"{Uri.EscapeDataString(known.ClientId)}:{Uri.EscapeDataString(known.ClientSecret)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        try
        {
            return await http.SendAsync(request, stop);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !stop.IsCancellationRequested)
        {
            throw new NetworkException("The Rally network cannot be reached.", fault);
        }
    }

    private sealed record ErrorAnswer(string? Error);
}
