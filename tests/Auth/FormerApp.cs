using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace Rally.Auth.Tests;

/// <summary>An app that was written for the former Rally's API.</summary>
internal sealed class FormerApp(AuthServer server)
{
    internal sealed record Answer(HttpStatusCode Status, JsonElement Json)
    {
        public string this[string member] => Json.GetProperty(member).ToString();

        public string? Error => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty("errorMessage", out var error) ? error.GetString() : null;
    }

    public string? AccessToken { get; set; }

    public Task<Answer> RegisterAsync(string username = "bot", string password = AuthServer.BotSecret) =>
        PostAsync("/v1/oauth/register", new { username, password });

    public Task<Answer> RefreshAsync(string refreshToken) => PostAsync("/v1/oauth/refresh", new { refresh_token = refreshToken });

    public Task<Answer> AuthorizeAsync(string callback = AuthServer.Callback, string? state = "of the app") =>
        PostAsync("/v1/oauth/authorize", new { callback, state });

    public Task<Answer> UserInfoAsync(string code) => PostAsync("/v1/oauth/userinfo", new { code });

    public async Task SignInAsync() => AccessToken = (await RegisterAsync())["access_token"];

    /// <summary>Lets somebody link the app, and returns what came to its callback.</summary>
    public async Task<Dictionary<string, string>> LinkAsync(Browser browser, string button = "Allow", string userName = "alice")
    {
        var page = await browser.OpenAsync((await AuthorizeAsync())["url"]);
        if (page.Title == "Sign in")
            page = await browser.SignInAsync(page, userName);
        return QueryHelpers.ParseQuery((await browser.PressAsync(page, button)).Left!.Query).ToDictionary(pair => pair.Key, pair => pair.Value.Single()!);
    }

    public Task<Answer> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, JsonContent.Create(body));

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (AccessToken is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        using var response = await server.Http.SendAsync(request);
        return new(response.StatusCode, await OAuthApp.ReadAsync(response));
    }
}
