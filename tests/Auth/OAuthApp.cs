using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Testing;

namespace Rally.Auth.Tests;

/// <summary>An app on the other side of the protocol, written by the RFCs and not by our code.</summary>
internal sealed class OAuthApp(AuthServer server, string clientId = "bot", string? secret = AuthServer.BotSecret)
{
    public const string IdentityLink = """[{"type":"identity_link","provider":"Discord","name":"fan","id":"123"}]""";

    internal sealed record Answer(HttpStatusCode Status, JsonElement Json, HttpResponseMessage Response)
    {
        public string? Error => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("error", out var error) ? error.GetString() : null;

        public string AccessToken => Json.GetProperty("access_token").GetString()!;

        public string RefreshToken => Json.GetProperty("refresh_token").GetString()!;
    }

    /// <summary>The proof that goes with each request, made from its method, its address and the access token with it.</summary>
    public Func<string, string, string?, string?>? Proof { get; set; }

    public string Verifier { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>A right authorization request; an override with a null value leaves that parameter out.</summary>
    public string AuthorizeUrl(params (string Name, string? Value)[] overrides)
    {
        var query = new Dictionary<string, string?>
        {
            ["client_id"] = clientId,
            ["redirect_uri"] = AuthServer.Callback,
            ["response_type"] = "code",
            ["scope"] = "profile balances:read",
            ["state"] = "state-of-the-app",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in overrides)
            query[name] = value;
        return QueryHelpers.AddQueryString("/oauth2/authorize", query.Where(pair => pair.Value is not null));
    }

    /// <summary>Signs alice in, allows, and returns the code.</summary>
    public async Task<string> ObtainCodeAsync(Browser browser, params (string Name, string? Value)[] overrides)
    {
        var page = await browser.OpenAsync(AuthorizeUrl(overrides));
        if (page.Title == "Sign in")
            page = await browser.SignInAsync(page);
        if (page.Left is null)
            page = await browser.PressAsync(page, "Allow");
        return Query(page.Left!)["code"];
    }

    public static Dictionary<string, string> Query(Uri url) =>
        QueryHelpers.ParseQuery(url.Query).ToDictionary(pair => pair.Key, pair => pair.Value.Single()!);

    public Task<Answer> RedeemAsync(string code, params (string Name, string? Value)[] overrides) =>
        TokenAsync([
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AuthServer.Callback), ("code_verifier", Verifier),
            .. overrides]);

    public Task<Answer> RefreshAsync(string refreshToken, params (string Name, string? Value)[] overrides) =>
        TokenAsync([("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. overrides]);

    public Task<Answer> ClientTokenAsync(string? scope = null) =>
        TokenAsync([("grant_type", "client_credentials"), ("scope", scope)]);

    public Task<Answer> TokenAsync(params (string Name, string? Value)[] fields) => PostAsync("/oauth2/token", fields);

    public Task<Answer> RevokeAsync(string token) => PostAsync("/oauth2/revoke", ("token", token));

    /// <summary>Pushes what <see cref="AuthorizeUrl"/> would send with the browser.</summary>
    public Task<Answer> PushAsync(params (string Name, string? Value)[] overrides) =>
        PostAsync("/oauth2/par", [.. Query(new Uri("http://app" + AuthorizeUrl(overrides))).Select(pair => (pair.Key, (string?)pair.Value))]);

    /// <summary>Where the browser goes with a request that was pushed.</summary>
    public string PushedUrl(string requestUri) => QueryHelpers.AddQueryString(
        "/oauth2/authorize", new Dictionary<string, string?> { ["client_id"] = clientId, ["request_uri"] = requestUri });

    public Task<Answer> BeginDeviceAsync(string? scope = "openid profile") => PostAsync("/oauth2/device_authorization", ("scope", scope));

    public Task<Answer> PollAsync(string deviceCode) =>
        TokenAsync(("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", deviceCode));

    public Task<Answer> IntrospectAsync(string token) => PostAsync("/oauth2/introspect", ("token", token), ("token_type_hint", "access_token"));

    public async Task<HttpResponseMessage> CallAsync(string path, string? accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accessToken is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(Proof is null ? "Bearer" : "DPoP", accessToken);
            AddProof(request, accessToken);
        }

        return await server.Http.SendAsync(request);
    }

    public async Task<bool> WorksAsync(string accessToken) =>
        (await CallAsync("/oauth2/userinfo", accessToken)).StatusCode == HttpStatusCode.OK;

    private async Task<Answer> PostAsync(string path, params (string Name, string? Value)[] fields)
    {
        var form = new Dictionary<string, string>();
        foreach (var (name, value) in fields)
        {
            form.Remove(name);
            if (value is not null)
                form[name] = value;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (secret is null)
            form.TryAdd("client_id", clientId);
        else
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(clientId)}:{Uri.EscapeDataString(secret)}")));
        request.Content = new FormUrlEncodedContent(form);
        AddProof(request, null);
        var response = await server.Http.SendAsync(request);
        var json = await ReadAsync(response);
        foreach (var name in new[] { "access_token", "refresh_token", "id_token", "device_code" })
            SuiteLog.Secret(json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var token) ? token.GetString() : null);
        return new Answer(response.StatusCode, json, response);
    }

    private void AddProof(HttpRequestMessage request, string? accessToken)
    {
        if (Proof?.Invoke(request.Method.Method, new Uri(server.Address, request.RequestUri!).AbsoluteUri, accessToken) is { } proof)
            request.Headers.TryAddWithoutValidation("DPoP", proof);
    }

    public static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
