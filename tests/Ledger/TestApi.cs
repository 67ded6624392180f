using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>The ledger behind a real server on loopback. A bearer token here is "account scope scope …".</summary>
internal sealed class TestApi : IAsyncDisposable
{
    private readonly TestDatabase _store;
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private TestApi(TestDatabase store, WebApplication app)
    {
        (_store, _app) = (store, app);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public LedgerWriter Writer => _app.Services.GetRequiredService<LedgerWriter>();

    public static async Task<TestApi> StartAsync(Engine engine, Action<LedgerOptions>? configure = null, FakeClock? clock = null)
    {
        var store = await TestDatabase.CreateAsync(engine);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (clock is not null)
            builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddStorage(store.Setting).AddLedger(configure).AddApiDocument(new("/a", UriKind.Relative), new("/t", UriKind.Relative));
        builder.Services.AddAuthentication("Bearer").AddScheme<AuthenticationSchemeOptions, PlainTokens>("Bearer", null);
        builder.Services.AddSingleton<IAuthorizationHandler, OwnAccountOnly>();
        var app = builder.Build();
        app.UseAuthentication().UseRateLimiter().UseAuthorization();
        app.MapGroup("/api").MapLedgerEndpoints();
        app.MapGroup("/v1").MapFormerLedgerEndpoints();
        app.MapLedgerExplorer();
        app.MapApiDocument();
        await app.Services.GetRequiredService<Migrator>().RunAsync();
        await app.StartAsync();
        return new(store, app);
    }

    /// <summary>A part of the ledger, as the host composes it.</summary>
    public T Inside<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>Waits until all followers have come to the log's end.</summary>
    public Task FollowedAsync() => Eventually.TrueAsync(async () =>
    {
        var last = await Inside<ITransferFeed>().LastPositionAsync(default);
        foreach (var follower in _app.Services.GetServices<LogFollower>())
        {
            if (await follower.PositionAsync(default) < last)
                return false;
        }

        return true;
    }, "the followers are at the log's end");

    public static string Token(Guid account, params string[] scopes) => $"{account} {string.Join(' ', scopes)}";

    /// <summary>A body for <c>POST /api/transfers</c> with an id of its own.</summary>
    public static JsonObject Transfer(Guid from, Guid? to = null, string coin = "PTM", string amount = "1", string note = "") => new()
    {
        ["id"] = Guid.CreateVersion7(DateTimeOffset.UnixEpoch).ToString(),
        ["from"] = from.ToString(),
        ["to"] = (to ?? Guid.CreateVersion7(DateTimeOffset.UnixEpoch)).ToString(),
        ["coin"] = coin,
        ["amount"] = amount,
        ["note"] = note,
    };

    public async Task<Guid> LaunchAsync(string symbol, long coins)
    {
        var creator = Guid.NewGuid();
        var launch = _app.Services.GetRequiredService<LaunchCoin>();
        Assert.IsType<LaunchCoin.Result.Launched>(
            await launch.ExecuteAsync(LaunchCoin.Request.Fixed(symbol, $"The {symbol}", creator, Amount.Coins(coins)), default));
        return creator;
    }

    /// <summary>A client's own token.</summary>
    public static string ClientToken(string client, params string[] scopes) => $"client:{client} {string.Join(' ', scopes)}";

    /// <summary>An id as a client makes it.</summary>
    public static Guid NewId() => Guid.CreateVersion7(DateTimeOffset.UnixEpoch);

    /// <summary>A body for <c>POST /api/trades</c> with an id of its own; members with null are left out.</summary>
    public static JsonObject Trade(
        Guid account, string side, string coin = "PTM", string? coins = null, string? rly = null, string? to = null, string? bound = null)
    {
        var trade = new JsonObject { ["id"] = NewId().ToString(), ["account"] = account.ToString(), ["side"] = side, ["coin"] = coin };
        foreach (var (name, value) in new[] { ("coins", coins), ("rly", rly), ("to", to), ("bound", bound) })
        {
            if (value is not null)
                trade[name] = value;
        }

        return trade;
    }

    /// <summary>Launches a coin on a curve.</summary>
    public async Task<Guid> LaunchOnCurveAsync(string symbol, CoinTerms? terms = null, string curve = "linear")
    {
        var creator = Guid.NewGuid();
        var launch = _app.Services.GetRequiredService<LaunchCoin>();
        Assert.IsType<LaunchCoin.Result.Launched>(await launch.ExecuteAsync(
            new(symbol, $"The {symbol}", creator) { Curve = curve, Terms = terms, Image = $"https://example.org/{symbol}.png" }, default));
        return creator;
    }

    /// <summary>Somebody new with RLY.</summary>
    public async Task<Guid> FanWithRlyAsync(long coins)
    {
        var fan = Guid.NewGuid();
        Assert.IsType<IssueRly.Result.Issued>(
            await _app.Services.GetRequiredService<IssueRly>().ExecuteAsync(fan, Amount.Coins(coins), "", default));
        return fan;
    }

    public async Task SuspendAsync(string symbol) =>
        Assert.IsType<PostResult.CoinSaved>(await Writer.SubmitAsync(new SuspendCommand(symbol, suspended: true), default));

    /// <summary>Fails unless the log, the balances and the sums agree.</summary>
    public async Task CheckAsync() =>
        Assert.Null((await _app.Services.GetRequiredService<VerifyLedger>().ExecuteAsync(new(), null, default)).Fault);

    public Task<Answer> GetAsync(string path, string? token = null, string? ifNoneMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (ifNoneMatch is not null)
            request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Parse(ifNoneMatch));
        return SendAsync(request, token);
    }

    /// <summary>A page as text, with its status and where it leads on to.</summary>
    public async Task<(HttpStatusCode Status, string Text, string? Location)> PageAsync(string path)
    {
        using var response = await _http.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.Location?.OriginalString);
    }

    public Task<Answer> PostAsync(string path, JsonNode body, string? token = null) =>
        SendAsync(new(HttpMethod.Post, path) { Content = JsonContent.Create(body) }, token);

    public Task<Answer> PostTextAsync(string path, string body, string? token, string contentType = "application/json") =>
        SendAsync(new(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, contentType) }, token);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }

    private async Task<Answer> SendAsync(HttpRequestMessage request, string? token)
    {
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return new(response.StatusCode, response.Headers.Location?.OriginalString, text.Length == 0 ? null : JsonNode.Parse(text))
        {
            Headers = response.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.First()),
        };
    }

    internal sealed record Answer(HttpStatusCode Status, string? Location, JsonNode? Body)
    {
        public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

        public string? Type => (string?)Body?["type"];

        public string? Detail => (string?)Body?["detail"];
    }

    private sealed class PlainTokens(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header))
                return Task.FromResult(AuthenticateResult.NoResult());
            var words = header.Parameter!.Split(' ');
            var who = words[0].StartsWith("client:", StringComparison.Ordinal) ? new Claim("client_id", words[0]) : new Claim("sub", words[0]);
            var identity = new ClaimsIdentity(
                [who, .. words.Skip(1).Select(scope => new Claim("scope", scope))], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }

    private sealed class OwnAccountOnly : AuthorizationHandler<OperationAuthorizationRequirement, Guid>
    {
        protected override Task HandleRequirementAsync(
            AuthorizationHandlerContext context, OperationAuthorizationRequirement requirement, Guid resource)
        {
            if (context.User.HasClaim("sub", resource.ToString()) && context.User.HasClaim("scope", requirement.Name))
                context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
