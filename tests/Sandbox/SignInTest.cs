using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Testing;
using Xunit;

namespace Rally.Sandbox.Tests;

/// <summary>Signing in with Discord and Twitch, as an app's server and a person's browser see it.</summary>
public sealed class SignInTest
{
    private const string Callback = "http://127.0.0.1:9/callback";
    private static readonly string Verifier = new('v', 43);

    [Fact]
    public async Task A_code_becomes_a_token_that_tells_who_signed_in_at_Discord()
    {
        await using var sandbox = await StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var fan = sandbox.Members.Single(member => member.Name == "fan").Id;
        var answer = await AgreeAsync(http, sandbox.DiscordSignIn, $"{fan}");
        Assert.Equal(("the state", true), (answer["state"], answer.ContainsKey("code")));

        var (status, tokens) = await ExchangeAsync(http, sandbox.DiscordSignIn, answer["code"]!);

        Assert.Equal((HttpStatusCode.OK, "Bearer", "identify", 604800), (status, (string?)tokens["token_type"], (string?)tokens["scope"], (int?)tokens["expires_in"]));
        var user = await ReadAsync(http, sandbox.DiscordSignIn.User, (string)tokens["access_token"]!);
        Assert.Equal(($"{fan}", "fan", false), ((string?)user["id"], (string?)user["username"], (bool?)user["bot"]));
        Assert.Equal("401: Unauthorized", (string?)(await ReadAsync(http, sandbox.DiscordSignIn.User, "nonsense"))["message"]);
    }

    [Fact]
    public async Task A_code_becomes_a_token_that_tells_who_signed_in_at_Twitch()
    {
        await using var sandbox = await StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var app = sandbox.TwitchSignIn;
        var page = await http.GetStringAsync(AddressOf(app));
        var id = System.Text.RegularExpressions.Regex.Match(page, """value="(\d+)">fan<""").Groups[1].Value;

        var (status, tokens) = await ExchangeAsync(http, app, (await AgreeAsync(http, app, id))["code"]!);

        Assert.Equal((HttpStatusCode.OK, "bearer", "identify"), (status, (string?)tokens["token_type"], (string?)tokens["scope"]![0]));
        var token = (string)tokens["access_token"]!;
        var user = (await ReadAsync(http, app.User, token, app.ClientId))["data"]![0]!;
        Assert.Equal((id, "fan"), ((string?)user["id"], (string?)user["login"]));
        Assert.Equal("Client ID and OAuth token do not match", (string?)(await ReadAsync(http, app.User, token, "another"))["message"]);
        Assert.Equal("Invalid OAuth token", (string?)(await ReadAsync(http, app.User, "nonsense", app.ClientId))["message"]);
    }

    [Fact]
    public async Task Wrong_exchanges_get_the_sites_own_errors()
    {
        var clock = new FakeClock();
        await using var sandbox = await StartAsync(clock);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var fan = $"{sandbox.Members.Single(member => member.Name == "fan").Id}";
        var app = sandbox.DiscordSignIn;
        async Task<string> CodeAsync() => (await AgreeAsync(http, app, fan))["code"]!;
        async Task<(HttpStatusCode, string?)> ErrorAsync(string code, string name = "", string? value = null)
        {
            var (status, body) = await ExchangeAsync(http, app, code, (name, value));
            return (status, (string?)body["error"]);
        }

        var used = await CodeAsync();
        await ExchangeAsync(http, app, used);
        var grant = (HttpStatusCode.BadRequest, "invalid_grant");
        Assert.Equal(grant, await ErrorAsync(used));
        Assert.Equal(grant, await ErrorAsync("nonsense"));
        Assert.Equal(grant, await ErrorAsync(await CodeAsync(), "redirect_uri", Callback + "/other"));
        Assert.Equal(grant, await ErrorAsync(await CodeAsync(), "code_verifier", new string('w', 43)));
        Assert.Equal(grant, await ErrorAsync(await CodeAsync(), "code_verifier"));
        Assert.Equal((HttpStatusCode.Unauthorized, "invalid_client"), await ErrorAsync(await CodeAsync(), "client_secret", "wrong"));
        Assert.Equal((HttpStatusCode.BadRequest, "unsupported_grant_type"), await ErrorAsync(await CodeAsync(), "grant_type", "password"));
        var late = await CodeAsync();
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(grant, await ErrorAsync(late));

        var (refused, body) = await ExchangeAsync(http, sandbox.TwitchSignIn, "nonsense", ("client_secret", "wrong"));
        Assert.Equal((HttpStatusCode.Forbidden, "invalid client secret"), (refused, (string?)body["message"]));
    }

    [Fact]
    public async Task Requests_that_lead_elsewhere_or_are_malformed_get_no_form()
    {
        await using var sandbox = await StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        foreach (var (name, value) in new[]
        {
            ("client_id", "1"), ("redirect_uri", "https://evil.example/"), ("redirect_uri", "javascript:alert(1)"), ("response_type", "token"), ("code_challenge_method", "plain"),
        })
        {
            using var page = await http.GetAsync(AddressOf(sandbox.DiscordSignIn, (name, value)));
            Assert.Equal(HttpStatusCode.BadRequest, page.StatusCode);
            Assert.DoesNotContain("<form", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        var declined = await AgreeAsync(http, sandbox.DiscordSignIn, "");
        Assert.Equal(("access_denied", "the state", false), (declined["error"], declined["state"], declined.ContainsKey("code")));
    }

    private static Task<SandboxServer> StartAsync(FakeClock? clock = null) =>
        SandboxServer.StartAsync(new SandboxOptions { Time = clock ?? TimeProvider.System }, CancellationToken.None);

    private static Uri AddressOf(SandboxSignIn app, (string Name, string Value)? changed = null)
    {
        var query = new Dictionary<string, string?>
        {
            ["client_id"] = app.ClientId,
            ["redirect_uri"] = Callback,
            ["response_type"] = "code",
            ["scope"] = "identify",
            ["state"] = "the state",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        if (changed is { } change)
            query[change.Name] = change.Value;
        return new(QueryHelpers.AddQueryString(app.Authorize.ToString(), query));
    }

    private static async Task<Dictionary<string, string?>> AgreeAsync(HttpClient http, SandboxSignIn app, string user)
    {
        using var form = new FormUrlEncodedContent([new("user", user)]);
        using var answer = await http.PostAsync(AddressOf(app), form);
        Assert.StartsWith(Callback + "?", answer.Headers.Location!.ToString(), StringComparison.Ordinal);
        return QueryHelpers.ParseQuery(answer.Headers.Location.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString())!;
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> ExchangeAsync(
        HttpClient http, SandboxSignIn app, string code, (string Name, string? Value) changed = default)
    {
        var fields = new Dictionary<string, string?>
        {
            ["client_id"] = app.ClientId,
            ["client_secret"] = app.ClientSecret,
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = Callback,
            ["code_verifier"] = Verifier,
        };
        if (!string.IsNullOrEmpty(changed.Name))
            fields[changed.Name] = changed.Value;
        using var form = new FormUrlEncodedContent(fields.Where(field => field.Value is not null)!);
        using var answer = await http.PostAsync(app.Token, form);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    private static async Task<JsonNode> ReadAsync(HttpClient http, Uri address, string token, string? clientId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (clientId is not null)
            request.Headers.Add("Client-Id", clientId);
        using var answer = await http.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }
}
