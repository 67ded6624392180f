using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Bot.Hosting;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Testing;
using Xunit;

namespace Rally.Peers.Tests;

/// <summary>Our OpenAPI document, read by Prism, which then stands between a client and our API and judges both sides.</summary>
[Collection(nameof(PrismServer))]
public sealed class ApiDocumentTests
{
    private const string Lie = "x-lie";
    private const string FormerToken = "client:former profile balances:read";
    private const string ReporterToken = "client:reporter tiers:report";

    private static readonly string[] Scopes = ["balances:read", "links:read", "transfers:send", "trades:make"];

    private readonly HashSet<string> _asked = [];
    private readonly HashSet<string> _parameters = [];
    private HttpClient _http = null!;

    [Theory, EachEngine]
    public async Task Every_ledger_endpoint_answers_as_our_document_says(Storage.Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var folder = new TemporaryFolder();
        await using var app = RallyHost.Build(
            new Dictionary<string, string?> { ["Data"] = folder.Path, ["Store"] = store.Setting, ["Listen"] = "http://127.0.0.1:0", ["Ledger:UsdPrice:Fixed"] = "0.0112" },
            services => services.AddAuthentication("Plain").AddScheme<AuthenticationSchemeOptions, PlainTokens>("Plain", null));
        app.Use(LieWhenAskedAsync);
        await RallyHost.StartAsync(app, CancellationToken.None);
        var address = (await app.Services.GetRequiredService<Installation>().GetAsync()).NetworkUrl;
        using var direct = new HttpClient { BaseAddress = address };
        var document = Path.Combine(folder.Path, "openapi.json");
        var text = await direct.GetStringAsync("/openapi/v1.json");
        await File.WriteAllTextAsync(document, text);

        await using var prism = await PrismServer.ProxyAsync(document, address);
        using var http = new HttpClient { BaseAddress = prism.Address };
        _http = http;
        await UseEverythingAsync(app);

        var operations = JsonNode.Parse(text)!["paths"]!.AsObject()
            // Prism waits for the end of an answer, which a stream of events has not.
            .Where(path => !path.Key.Contains("webhook", StringComparison.Ordinal) && path.Key != "/api/events")
            .SelectMany(path => path.Value!.AsObject().Select(operation => operation.Value!)).ToList();
        Assert.Equal(operations.Select(NameOf).Order(), _asked.Order());
        var parameters = operations.SelectMany(operation => (operation["parameters"]?.AsArray() ?? [])
            .Where(parameter => (string)parameter!["in"]! == "query").Select(parameter => $"{NameOf(operation)} {parameter!["name"]}"));
        Assert.Equal(parameters.Order(), _parameters.Order());
        await AssertMistakesAreSeenAsync();
        await app.StopAsync();
    }

    private static string NameOf(JsonNode operation) => (string)operation["operationId"]!;

    private async Task UseEverythingAsync(WebApplication app)
    {
        var (creator, friend) = (Guid.NewGuid(), Guid.NewGuid());
        var fan = Assert.IsType<CreateAccount.Created>(await app.Services.GetRequiredService<CreateAccount>().ExecuteAsync(new("fan", "long-enough-password"))).RallyId;
        await AllowAsync(app.Services.GetRequiredService<Storage.Database>(), fan, coins: 10_000);
        var launch = app.Services.GetRequiredService<LaunchCoin>();
        await launch.ExecuteAsync(new("PTM", "Portemonnaie", creator) { Image = "https://example.org/ptm.png" }, default);
        await launch.ExecuteAsync(new("KSK", "Kiosk", creator) { Curve = "sigmoid" }, default);
        await launch.ExecuteAsync(LaunchCoin.Request.Fixed("FIX", "Fixed", creator, Amount.Coins(1_000)), default);
        await app.Services.GetRequiredService<IssueRly>().ExecuteAsync(fan, Amount.Coins(10_000), "welcome", default);

        await AskAsync("tradeCoins", 201, "/api/trades", fan, new { id = NewId(), account = fan, side = "buy", coin = "PTM", coins = "1000", bound = "20" });
        await AskAsync("tradeCoins", 201, "/api/trades", fan, new { id = NewId(), account = fan, side = "sell", coin = "PTM", rly = "0.5", bound = "900" });
        await AskAsync("tradeCoins", 422, "/api/trades", fan, new { id = NewId(), account = fan, side = "sell", coin = "PTM", rly = "0.5" });
        await AskAsync("tradeCoins", 422, "/api/trades", fan, new { id = NewId(), account = fan, side = "buy", coin = "PTM", rly = "10000.5" });
        var trade = new { id = NewId(), account = fan, side = "convert", coin = "PTM", to = "KSK", coins = "100" };
        await AskAsync("tradeCoins", 201, "/api/trades", fan, trade);
        await AskAsync("tradeCoins", 200, "/api/trades", fan, trade);
        await AskAsync("tradeCoins", 409, "/api/trades", fan, new { trade.id, account = fan, side = "sell", coin = "PTM", coins = "1" });
        await AskAsync("tradeCoins", 422, "/api/trades", fan, new { id = NewId(), account = fan, side = "sell", coin = "FIX", coins = "1" });
        await AskAsync("tradeCoins", 403, "/api/trades", friend, new { id = NewId(), account = fan, side = "sell", coin = "PTM", coins = "1" });
        await AskAsync("quoteTrade", 200, "/api/coins/PTM/quote?side=buy&rly=1");
        await AskAsync("quoteTrade", 200, $"/api/coins/PTM/quote?side=sell&coins=1&account={fan}", fan);
        await AskAsync("quoteTrade", 200, $"/api/coins/PTM/quote?side=convert&coins=1&to=KSK&account={fan:N}", fan);
        await AskAsync("quoteTrade", 404, "/api/coins/NOPE/quote?side=buy&rly=1");
        await AskAsync("quoteTrade", 422, "/api/coins/FIX/quote?side=buy&rly=1");

        await AskAsync("postTransfer", 201, "/api/transfers", fan, new { id = NewId(), from = fan, to = friend, coin = "PTM", amount = "1.5", note = "thanks", reference = "order 1", showMemo = true });
        await AskAsync("postTransfer", 422, "/api/transfers", fan, new { id = NewId(), from = fan, to = friend, coin = "PTM", amount = "100000" });
        var (taken, declined) = (NewId(), NewId());
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        await AskAsync("postTransfer", 201, "/api/transfers", fan, new { id = taken, from = fan, to = friend, coin = "PTM", amount = "2", expiresAt = tomorrow });
        await AskAsync("postTransfer", 201, "/api/transfers", fan, new { id = declined, from = fan, to = friend, coin = "PTM", amount = "2", expiresAt = tomorrow });
        await AskAsync("getTransfer", 200, $"/api/transfers/{taken}", friend);
        await AskAsync("postPending", 201, $"/api/transfers/{taken}/post", friend, new { id = NewId(), amount = "1" });
        await AskAsync("postPending", 404, $"/api/transfers/{NewId()}/post", friend, new { id = NewId() });
        await AskAsync("voidPending", 201, $"/api/transfers/{declined}/void", friend, new { id = NewId() });
        await AskAsync("voidPending", 422, $"/api/transfers/{declined}/void", friend, new { id = NewId() });
        await AskAsync("getTransfer", 200, $"/api/transfers/{taken}", fan);
        await AskAsync("getTransfer", 404, $"/api/transfers/{NewId()}", fan);
        await AskAsync("postLinkedTransfers", 201, "/api/transfers/linked", fan, new
        {
            transfers = new[]
            {
                new { id = NewId(), from = fan, to = friend, coin = "RLY", amount = "1" },
                new { id = NewId(), from = fan, to = creator, coin = "KSK", amount = "0.000001" },
            },
        });
        await AskAsync("getLinkedTransfers", 200, $"/api/transfers/{trade.id}/linked", fan);
        await AskAsync("listTransfers", 200, "/api/transfers?after=0&limit=1000");

        await AskAsync("listCoins", 200, "/api/coins?limit=2&after=FIX");
        await AskAsync("getCoin", 200, "/api/coins/PTM");
        await AskAsync("getCoin", 200, "/api/coins/FIX");
        await AskAsync("getCoin", 200, "/api/coins/RLY");
        await AskAsync("getCoin", 404, "/api/coins/NOPE");
        await AskAsync("listHolders", 200, $"/api/coins/PTM/holders?limit=1&after={Guid.Empty}");
        await AskAsync("listHolders", 404, "/api/coins/RLY/holders");
        await AskAsync("getBalances", 200, $"/api/accounts/{fan}/balances", fan);
        await AskAsync("getLimits", 200, $"/api/accounts/{fan}/limits/PTM", fan);
        await AskAsync("getLimits", 200, $"/api/accounts/{fan}/limits/FIX", fan);
        await AskAsync("getLimits", 403, $"/api/accounts/{fan}/limits/PTM", friend);
        await ReportTiersAsync(fan);
        var linked = await LinkSomebodyAsync(app);
        await AskAsync("getLinks", 200, $"/api/accounts/{linked}/links", linked);
        await AskAsync("getLinks", 403, $"/api/accounts/{linked}/links", friend);
        await AskAsync("creatorCoins", 200, "/api/creator-coins?size=1&startKey=FIX");
        await AskAsync("v1CreatorCoins", 200, "/v1/creator_coins?size=1000&startKey=FIX");
        await AskAsync("v1Price", 200, "/v1/creator_coins/PTM/price");
        await AskAsync("v1Price", 404, "/v1/creator_coins/NOPE/price");
        await AskAsync("v1Summary", 200, "/v1/creator_coins/PTM/summary");
        await AskAsync("v1Summary", 404, "/v1/creator_coins/NOPE/summary");
        await AskAsync("v1NetworkActivity", 200, "/v1/creator_coins/PTM/network_activity");
        await AskAsync("v1Rewards", 200, "/v1/creator_coins/PTM/rewards");
        await AskAsync("v1HistoricalRewards", 200, "/v1/creator_coins/PTM/historical_rewards");
        await AskAsync("v1Balance", 200, $"/v1/users/rally/{fan:N}/balance", fan);
        await AskAsync("v1Balance", 403, $"/v1/users/rally/{fan}/balance", friend);
        await AskAsync("v1FlowControlLimits", 200, $"/v1/users/rally/{fan}/flow_control_limits/PTM", fan);
        await AskAsync("v1FlowControlLimits", 200, $"/v1/users/rally/{fan}/flow_control_limits/FIX", fan);
        await AskAsync("v1FlowControlLimits", 404, $"/v1/users/rally/{fan}/flow_control_limits/NOPE", fan);
        await AskAsync("walletBalance", 200, $"/api/rally-network-wallets/{fan:N}/balance?symbolSearch=pt", fan);
        await AskAsync("nftTemplates", 200, "/api/nft-templates?creatorCoinSymbol=PTM");
        await AskAsync("nfts", 200, $"/api/nfts?rallyNetworkWalletId={fan:N}&nftTemplateId=1");
        await AskAsync("nft", 404, "/api/nfts/1");
        await UseFormerAppAsync(app);
        await AskAsync("listAccountTransfers", 200, $"/api/accounts/{fan}/transfers?limit=2&coin=PTM&before=1000", fan);
        await AskAsync("listPrices", 200, "/api/coins/PTM/prices?interval=day&from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&after=2026-01-02T00:00:00Z&limit=5");
        await AskAsync("getStats", 200, "/api/coins/PTM/stats");
        await AskAsync("getRlyPrice", 200, "/api/rly/price");
        await AskAsync("listRlyPrices", 200, "/api/rly/prices?from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00%2B01:00&after=1&limit=10");
        await app.Services.GetRequiredService<SealBlocks>().ExecuteAsync(default);
        await AskAsync("listBlocks", 200, "/api/blocks?limit=100&after=0");
        await AskAsync("getBlock", 200, "/api/blocks/1");
        await AskAsync("getBlock", 404, "/api/blocks/99");
        await AskAsync("listAuthorities", 200, "/api/authorities");
        await AskAsync("getVerification", 200, "/api/verification");
    }

    /// <summary>A bot somewhere tells of a role.</summary>
    private async Task ReportTiersAsync(Guid fan)
    {
        var report = new { id = NewId(), coin = "PTM", account = fan, platform = "discord", place = "900", role = "77", change = "gained", happenedAt = TimeProvider.System.GetUtcNow() };
        object[] all = [report, report, report with { change = "lost" }, report with { id = NewId(), coin = "NOPE" }];
        await AskAsync("reportTierChanges", 200, "/api/tier-changes", body: new { reports = all }, token: ReporterToken);
        await AskAsync("reportTierChanges", 422, "/api/tier-changes", body: new { reports = Array.Empty<object>() }, token: ReporterToken);
        await AskAsync("reportTierChanges", 403, "/api/tier-changes", body: new { reports = all }, token: FormerToken);
        await AskAsync("reportTierChanges", 401, "/api/tier-changes", body: new { reports = all });
    }

    /// <summary>Somebody with a link from a Discord server and one from nowhere known.</summary>
    private static async Task<Guid> LinkSomebodyAsync(WebApplication app)
    {
        var account = Assert.IsType<CreateAccount.Created>(
            await app.Services.GetRequiredService<CreateAccount>().ExecuteAsync(new("linked", "long-enough-password"))).RallyId;
        await app.Services.GetRequiredService<Storage.Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_link (provider, subject, account_id, name, flow, guild_id, linked_at)
            VALUES ('discord', '1', @account, 'linked', 'vouched', '900', 0), ('twitch', '1', @account, 'linked', 'oauth', NULL, 0)
            """, new { account }, transaction));
        return account;
    }

    /// <summary>An app of the former Rally's API.</summary>
    private async Task UseFormerAppAsync(WebApplication app)
    {
        const string Secret = "former-secret-0123456789-0123456789";
        Assert.IsType<RegisterApp.Registered>(await app.Services.GetRequiredService<RegisterApp>().ExecuteAsync(new(
            "former", "Former", "The tests", Secret, ["https://former.example/back"], ["profile", "balances:read"], ["authorization_code", "client_credentials"])));
        var tokens = await AskAsync("v1Register", 200, "/v1/oauth/register", body: new { username = "former", password = Secret });
        await AskAsync("v1Register", 401, "/v1/oauth/register", body: new { username = "former", password = "wrong" });
        await AskAsync("v1Refresh", 200, "/v1/oauth/refresh", body: new { refresh_token = (string)tokens!["refresh_token"]! });
        await AskAsync("v1Refresh", 401, "/v1/oauth/refresh", body: new { refresh_token = "unknown" });
        await AskAsync("v1Authorize", 200, "/v1/oauth/authorize", body: new { callback = "https://former.example/back", state = "1" }, token: FormerToken);
        await AskAsync("v1Authorize", 400, "/v1/oauth/authorize", body: new { callback = "https://other.example/" }, token: FormerToken);
        await AskAsync("v1UserInfo", 403, $"/v1/users/rally/{Guid.NewGuid()}/userinfo", token: FormerToken);
        await AskAsync("account", 403, $"/api/accounts/{Guid.NewGuid():N}", token: FormerToken);
        await AskAsync("accountOfWallet", 401, $"/api/accounts?rallyNetworkWalletId={Guid.NewGuid():N}");
        await AskAsync("v1InitiateTransfer", 403, "/v1/transactions/transfer/initiate", body: new { fromRnbUserId = Guid.NewGuid(), coinKind = "PTM", amount = 1.5 }, token: FormerToken);
        await AskAsync("v1InitiateTransfer", 401, "/v1/transactions/transfer/initiate", body: new { fromRnbUserId = Guid.NewGuid(), coinKind = "PTM", amount = "1.5" });
        await AskAsync("v1TransactionStatus", 404, $"/v1/transactions/{NewId()}/status", token: FormerToken);
        await AskAsync("v1LinkedUser", 400, "/v1/oauth/userinfo", body: new { code = "unknown" }, token: FormerToken);
    }

    /// <summary>A check that finds nothing must be one that could have.</summary>
    private async Task AssertMistakesAreSeenAsync()
    {
        var (status, answer) = await SendAsync(new(HttpMethod.Get, "/api/coins/PTM") { Headers = { { Lie, "1" } } });
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Contains("supply", answer, StringComparison.Ordinal);
        var (wrong, problem) = await SendAsync(new(HttpMethod.Post, "/api/trades")
        {
            Headers = { Authorization = new("Bearer", $"{Guid.NewGuid()}") },
            Content = JsonContent.Create(new { id = NewId(), account = Guid.NewGuid(), side = "buy", coin = "PTM", coins = 1 }),
        });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong);
        Assert.Contains("UNPROCESSABLE_ENTITY", problem, StringComparison.Ordinal);
        foreach (var query in new[] { "/api/coins/PTM/prices?from=soon", "/api/coins/PTM/prices?interval=week", "/api/blocks?limit=101", "/api/coins/PTM/quote?coins=1" })
        {
            var (refused, why) = await SendAsync(new(HttpMethod.Get, query));
            Assert.True(refused is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest && why.Contains("stoplight.io", StringComparison.Ordinal), $"{query}: {refused} {why}");
        }
    }

    /// <summary>The account lets the tokens' client spend so much of each coin, as if on its consent page.</summary>
    private static Task AllowAsync(Storage.Database store, Guid account, long coins) => store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
        INSERT INTO auth_consent (account_id, client_id, scope, granted_at) VALUES (@account, 'rally-bot', 'transfers:send trades:make', 0);
        INSERT INTO auth_spending_limit (account_id, client_id, coin, per_day, in_all, counted_from)
        VALUES (@account, 'rally-bot', '*', @most, @most, 0);
        """, new { account, most = coins * 1_000_000 }, transaction));

    private async Task<JsonNode?> AskAsync(string operation, int expected, string path, Guid? caller = null, object? body = null, string? token = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, path);
        if (caller is not null)
            token = $"{caller} {string.Join(' ', Scopes)}";
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (body is not null)
            request.Content = JsonContent.Create(body);
        var (status, answer) = await SendAsync(request);
        Assert.True((int)status == expected && !answer.Contains("stoplight.io", StringComparison.Ordinal), $"{request.Method} {path}: {(int)status} {answer}");
        _asked.Add(operation);
        _parameters.UnionWith(QueryHelpers.ParseQuery(path.Contains('?', StringComparison.Ordinal) ? path[path.IndexOf('?', StringComparison.Ordinal)..] : "").Keys.Select(name => $"{operation} {name}"));
        return answer.Length == 0 ? null : JsonNode.Parse(answer);
    }

    private async Task<(HttpStatusCode Status, string Answer)> SendAsync(HttpRequestMessage request)
    {
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());

    /// <summary>Answers with a number where the document promises a string, for one who asks for a lie.</summary>
    private static async Task LieWhenAskedAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Headers.ContainsKey(Lie))
        {
            await next(context);
            return;
        }

        var answer = context.Response.Body;
        using var held = new MemoryStream();
        context.Response.Body = held;
        await next(context);
        context.Response.Body = answer;
        held.Position = 0;
        var truth = (await JsonNode.ParseAsync(held))!;
        truth["supply"] = 5;
        await context.Response.WriteAsJsonAsync(truth);
    }
}
