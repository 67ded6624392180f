using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Bot.Demo;
using Rally.Bot.Hosting;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>The host with alice, who has linked the app and holds 100 FIX, and bob.</summary>
internal sealed class FormerSite(TestDatabase store, TemporaryFolder folder, WebApplication app, FakeClock clock) : IAsyncDisposable
{
    private const string Secret = "former-secret-0123456789-0123456789";
    private const string Password = "correct horse battery";
    private static readonly Dictionary<string, string> Nothing = [];
    private readonly HttpClient _http = new();

    public FakeClock Clock => clock;

    public Uri Address { get; private set; } = null!;

    public Guid Alice { get; private set; }

    public Guid Bob { get; private set; }

    public DemoBrowser Page { get; } = new();

    // The browser can follow there: what matters is the address it ends at.
    private string Callback => new Uri(Address, "former-callback").ToString();

    public static async Task<FormerSite> StartAsync(Engine engine)
    {
        var (store, folder) = (await TestDatabase.CreateAsync(engine), new TemporaryFolder());
        // Browsers drop cookies by their own clock, so the server's begins at the real time.
        var clock = new FakeClock(TimeProvider.System.GetUtcNow());
        var app = RallyHost.Build(
            new Dictionary<string, string?>
            {
                ["Data"] = folder.Path,
                ["Store"] = store.Setting,
                ["Listen"] = "http://127.0.0.1:0",
                ["Ledger:UsdPrice:Fixed"] = "0.03",
                ["Auth:PasswordHashIterations"] = "100000",
                ["Webhooks:AllowPrivateAddresses"] = "true",
            },
            services => services.AddSingleton<TimeProvider>(clock));
        await RallyHost.StartAsync(app, CancellationToken.None);
        var site = new FormerSite(store, folder, app, clock);
        site.Address = (await app.Services.GetRequiredService<Installation>().GetAsync()).NetworkUrl;
        site._http.BaseAddress = site.Address;
        await site.SettleAsync();
        return site;
    }

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public object Small() => new { fromRnbUserId = Alice, toRnbUserId = Bob, coinKind = "FIX", amount = 1 };

    public Task<(HttpStatusCode Status, JsonNode Body)> InitiateAsync(object body) =>
        SendAsync(HttpMethod.Post, "/v1/transactions/transfer/initiate", body);

    public async Task<string?> StatusOfAsync(string id) =>
        (string?)(await SendAsync(HttpMethod.Get, $"/v1/transactions/{id}/status", null)).Body["status"];

    public async Task<IEnumerable<string>> HoldsAsync() =>
        (await SendAsync(HttpMethod.Get, $"/v1/users/rally/{Alice}/balance", null)).Body.AsArray().Select(balance => $"{balance!["coinKind"]} {balance["coinBalance"]}");

    /// <summary>alice lets the app do something, by OAuth 2.</summary>
    /// <returns>Her token.</returns>
    public async Task<string> AllowAsync(string scope, string? details = null, string client = "former")
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var query = new Dictionary<string, string?>
        {
            ["client_id"] = client,
            ["redirect_uri"] = Callback,
            ["response_type"] = "code",
            ["scope"] = scope,
            ["prompt"] = "consent",
            ["code_challenge"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier))),
            ["code_challenge_method"] = "S256",
        };
        if (details is not null)
            query["authorization_details"] = details;
        await Page.OpenAsync(new(QueryHelpers.AddQueryString(new Uri(Address, "oauth2/authorize").ToString(), query)), default);
        await Page.PressAsync("Allow", Nothing, default);
        return await TokenAsync(new()
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = client,
            ["redirect_uri"] = Callback,
            ["code_verifier"] = verifier,
            ["code"] = QueryHelpers.ParseQuery(Page.Address.Query)["code"].Single()!,
        });
    }

    /// <summary>Another app, which the operator registers.</summary>
    public async Task RegisterAsync(string client, IReadOnlyList<string> scopes) => Assert.IsType<RegisterApp.Registered>(
        await Get<RegisterApp>().ExecuteAsync(new(client, client, "The tests", Secret, [Callback], scopes, ["authorization_code", "client_credentials"])));

    /// <summary>An app's own token.</summary>
    public Task<string> OwnTokenAsync(string client, string scope) => TokenAsync(new()
    {
        ["grant_type"] = "client_credentials",
        ["client_id"] = client,
        ["scope"] = scope,
    });

    private async Task<string> TokenAsync(Dictionary<string, string> asked)
    {
        asked["client_secret"] = Secret;
        using var form = new FormUrlEncodedContent(asked);
        using var http = new HttpClient { BaseAddress = Address };
        using var answer = await http.PostAsync(new Uri("oauth2/token", UriKind.Relative), form);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["access_token"]!;
    }

    /// <summary>Sends with this token from now on.</summary>
    public void Use(string token) => _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);

    public async Task SetStateAsync(string id, string state) => await Get<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
        "UPDATE auth_transfer_request SET state = @state, decided_at = @now WHERE id = @id",
        new { id = Guid.Parse(id), state, now = clock.GetUtcNow() }, transaction));

    public async Task RegisterAsync()
    {
        _http.DefaultRequestHeaders.Authorization = null;
        var tokens = await SendAsync(HttpMethod.Post, "/v1/oauth/register", new { username = "former", password = Secret });
        Use((string)tokens.Body["access_token"]!);
    }

    public static async Task SignInAsync(DemoBrowser browser, string name, Uri page)
    {
        await browser.OpenAsync(page, default);
        await browser.PressAsync("Sign in", new Dictionary<string, string> { ["username"] = name, ["password"] = Password }, default);
    }

    public async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body switch { null => null, HttpContent content => content, _ => JsonContent.Create(body) } };
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return (response.StatusCode, text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!);
    }

    public async ValueTask DisposeAsync()
    {
        Page.Dispose();
        _http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
        await store.DisposeAsync();
        folder.Dispose();
    }

    private async Task SettleAsync()
    {
        var create = Get<CreateAccount>();
        Alice = ((CreateAccount.Created)await create.ExecuteAsync(new("alice", Password))).RallyId;
        Bob = ((CreateAccount.Created)await create.ExecuteAsync(new("bob", Password))).RallyId;
        await Get<LaunchCoin>().ExecuteAsync(LaunchCoin.Request.Fixed("FIX", "Fixed", Alice, Amount.Coins(100)), default);
        await Get<LaunchCoin>().ExecuteAsync(LaunchCoin.Request.Fixed("GIFT", "Gift", Bob, Amount.Coins(100)), default);
        await Get<RegisterApp>().ExecuteAsync(new(
            "former", "Former", "The tests", Secret, [Callback], ["profile", "balances:read", "transfers:send"], ["authorization_code", "client_credentials"]));
        await RegisterAsync();
        var begun = await SendAsync(HttpMethod.Post, "/v1/oauth/authorize", new { callback = Callback, state = "s" });
        await SignInAsync(Page, "alice", new Uri((string)begun.Body["url"]!));
        await Page.PressAsync("Allow", Nothing, default);
        var code = QueryHelpers.ParseQuery(Page.Address.Query)["code"].ToString();
        var linked = await SendAsync(HttpMethod.Post, "/v1/oauth/userinfo", new { code });
        Assert.Equal($"{Alice}", (string?)linked.Body["rnbUserId"]);
    }
}
