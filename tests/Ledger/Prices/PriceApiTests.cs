using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Ledger.Prices;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Prices;

public sealed class PriceApiTests
{
    private readonly FakeClock _clock = new();

    [Theory, EachEngine]
    public async Task A_fixed_price_is_told_as_a_decimal_string(Engine engine)
    {
        await using var api = await StartAsync(engine, price => price.Fixed = "0.0112");

        var (status, body) = await GetAsync(api.App, "/api/rly/price");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"usd":"0.0112","at":"2026-01-02T03:04:05+00:00","stale":false}""", body!.ToJsonString(Plain));
    }

    [Fact]
    public async Task Without_a_price_both_are_not_found()
    {
        await using var api = await StartAsync(Engine.Sqlite, _ => { });
        foreach (var path in new[] { "/api/rly/price", "/api/rly/prices" })
        {
            var (status, body) = await GetAsync(api.App, path);
            Assert.Equal((HttpStatusCode.NotFound, "urn:rally:no-usd-price"), (status, (string?)body!["type"]));
        }
    }

    [Fact]
    public async Task Before_the_feed_has_answered_the_price_is_not_found_and_the_history_empty()
    {
        await using var api = await StartAsync(
            Engine.Sqlite, price => (price.FeedUrl, price.JsonPointer) = ("http://127.0.0.1:1/nobody", "/usd"));

        var (status, body) = await GetAsync(api.App, "/api/rly/price");
        Assert.Equal((HttpStatusCode.NotFound, "The price of RLY in US dollars is not known yet."), (status, (string?)body!["detail"]));
        Assert.Equal("""{"prices":[],"next":null}""", (await GetAsync(api.App, "/api/rly/prices")).Body!.ToJsonString());
    }

    [Theory, EachEngine]
    public async Task The_history_comes_in_pages_by_time(Engine engine)
    {
        await using var api = await StartAsync(engine, price => price.Fixed = "5");
        await api.App.Services.GetRequiredService<Database>().WriteAsync(async transaction =>
        {
            await transaction.Connection!.ExecuteAsync("DELETE FROM ledger_usd_price", transaction: transaction);
            for (var hour = 0; hour < 5; hour++)
            {
                await transaction.Connection!.ExecuteAsync(
                    "INSERT INTO ledger_usd_price (at, nano_usd) VALUES (@at, @nano)",
                    new { at = _clock.GetUtcNow().AddHours(hour), nano = (hour + 1) * 1_000_000_000L }, transaction);
            }
        });

        Assert.Equal("1 2 3 4 5", await PricesAsync(api.App, "/api/rly/prices"));
        Assert.Equal("2 3", await PricesAsync(api.App, "/api/rly/prices?from=2026-01-02T04:04:05Z&to=2026-01-02T06:04:05Z"));
        Assert.Equal("3 4 5", await PricesAsync(api.App, "/api/rly/prices?from=2026-01-02T05:04:06+00:01"));
        var (_, first) = await GetAsync(api.App, "/api/rly/prices?limit=2&to=2026-01-02T06:04:06Z");
        Assert.Equal("2026-01-02T03:04:05+00:00", (string?)first!["prices"]![0]!["at"]);
        var next = first["next"]!.ToJsonString();
        Assert.Equal("3 4", await PricesAsync(api.App, $"/api/rly/prices?limit=2&to=2026-01-02T06:04:06Z&after={next}"));
        Assert.Null((await GetAsync(api.App, $"/api/rly/prices?limit=2&to=2026-01-02T06:04:06Z&after={next}")).Body!["next"]);
    }

    [Theory]
    [InlineData("from=yesterday"), InlineData("to=1"), InlineData("to="), InlineData("after=-1"), InlineData("after=x"), InlineData("limit=0")]
    [InlineData("limit=1001"), InlineData("after=9223372036854775807"), InlineData("after=253402300799999"), InlineData("from=2026-13-01")]
    public async Task Malformed_queries_are_refused(string query)
    {
        await using var api = await StartAsync(Engine.Sqlite, price => price.Fixed = "5");

        var (status, body) = await GetAsync(api.App, "/api/rly/prices?" + query);

        Assert.Equal((HttpStatusCode.BadRequest, "urn:rally:invalid-request"), (status, (string?)body!["type"]));
    }

    private static System.Text.Json.JsonSerializerOptions Plain { get; } =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static async Task<string> PricesAsync(WebApplication app, string path)
    {
        var (status, body) = await GetAsync(app, path);
        Assert.Equal(HttpStatusCode.OK, status);
        return string.Join(' ', body!["prices"]!.AsArray().Select(price => (string?)price!["usd"]));
    }

    private static async Task<(HttpStatusCode Status, JsonNode? Body)> GetAsync(WebApplication app, string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync()));
    }

    private async Task<Api> StartAsync(Engine engine, Action<UsdPriceOptions> configure)
    {
        var store = await TestDatabase.CreateAsync(engine);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddStorage(store.Setting).AddLedger(options => configure(options.UsdPrice));
        var app = builder.Build();
        app.MapGroup("/api").MapLedgerEndpoints();
        await app.Services.GetRequiredService<Migrator>().RunAsync();
        await app.StartAsync();
        if (app.Services.GetRequiredService<UsdPrice>().Current is not null)
        {
            var log = app.Services.GetRequiredService<UsdPriceLog>();
            await Eventually.TrueAsync(async () => (await log.ReadAsync(default)).NanoUsd is not null, "the fixed price is recorded");
        }

        return new(app, store);
    }

    private sealed record Api(WebApplication App, TestDatabase Store) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await App.DisposeAsync();
            await Store.DisposeAsync();
        }
    }
}
