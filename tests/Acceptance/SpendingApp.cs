using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Apps;
using Rally.Bot.Demo;

namespace Rally.Acceptance.Tests;

/// <summary>An app that people sign in to with their browsers.</summary>
internal sealed class SpendingApp(Town town) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = town.Address };

    // The browser can follow there: what matters is the address it ends at.
    private string Callback => new Uri(town.Address, "healthz").ToString();

    public static async Task<SpendingApp> RegisterAsync(Town town)
    {
        var app = new SpendingApp(town);
        Assert.IsType<RegisterApp.Registered>(await town.Inside<RegisterApp>().ExecuteAsync(new(
            "spender", "Spender", "Somebody", SecretOrNull: null, [app.Callback], ["transfers:send", "trades:make"], ["authorization_code"])));
        return app;
    }

    public async Task<string> TokenOfAsync(string name, string details)
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        using var browser = new DemoBrowser();
        await browser.OpenAsync(new(QueryHelpers.AddQueryString(new Uri(town.Address, "oauth2/authorize").ToString(), new Dictionary<string, string?>
        {
            ["client_id"] = "spender",
            ["redirect_uri"] = Callback,
            ["response_type"] = "code",
            ["scope"] = "transfers:send trades:make",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
            ["authorization_details"] = details,
        })), default);
        await browser.PressAsync("Sign in", new Dictionary<string, string> { ["username"] = name, ["password"] = $"demo-password-{name}" }, default);
        await browser.PressAsync("Allow", new Dictionary<string, string>(), default);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = "spender",
            ["redirect_uri"] = Callback,
            ["code_verifier"] = verifier,
            ["code"] = QueryHelpers.ParseQuery(browser.Address.Query)["code"].Single()!,
        });
        using var answer = await _http.PostAsync(new Uri("oauth2/token", UriKind.Relative), form);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["access_token"]!;
    }

    public async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, JsonObject body, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/{path}") { Content = JsonContent.Create(body.DeepClone()) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonNode>())!);
    }

    public void Dispose() => _http.Dispose();
}
