using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Apps;
using Rally.Bot.Demo;
using Rally.Bot.Hosting;
using Rally.Storage;
using Rally.Testing;
using Xunit.Abstractions;

namespace Rally.Acceptance.Tests;

/// <summary>
/// kill -9 while the bot reports changed roles, the network takes the reports, and somebody is told of them. RALLY_LONG=1 makes it 100 kills.
/// </summary>
public sealed class ReportKillTests(ITestOutputHelper output)
{
    private const int EachTime = 450;
    private const string App = "friend";
    private const string Secret = "a-secret-that-is-long-enough-for-anybody-0123456789";
    private static readonly int Kills = Environment.GetEnvironmentVariable("RALLY_LONG") == "1" ? 100 : 2;

    [Theory, EachEngine]
    public async Task Reports_are_neither_lost_nor_told_twice_or_out_of_order_whenever_the_process_is_killed(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var folder = new TemporaryFolder();
        await using var sink = await Sink.StartAsync();
        var address = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        var fan = await PrepareAsync(store, folder, address, sink);
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var environment = new Dictionary<string, string> { ["Webhooks__AllowPrivateAddresses"] = "true" };
        string[] serve = ["--data", folder.Path, "--store", store.Setting, "--port", $"{address.Port}"];

        for (var kill = 0; kill <= Kills; kill++)
        {
            await QueueAsync(store, fan, first: kill * EachTime);
            using var process = BotProcess.Start(environment, serve);
            if (kill == Kills)
            {
                await EndAsync(store, sink, process);
                break;
            }

            // Once it is at it, and then at any moment.
            var before = (await sink.ArrivedAsync(0)).Select(Number).Distinct().Count();
            await Eventually.TrueAsync(async () =>
            {
                Assert.False(process.HasExited, process.Output);
                return (await sink.ArrivedAsync(0)).Select(Number).Distinct().Count() > before;
            }, $"kill {kill}: reports are told", TimeSpan.FromSeconds(60));
            await Task.Delay(random.Next(0, 120)); // the moment of the kill, not a wait for anything
            await process.KillAsync();
            output.WriteLine($"killed with {await CountAsync(store, "bot_tier_report")} to be reported and {await CountAsync(store, "webhook_report")} taken");
        }
    }

    /// <summary>Nothing kills it any more: each change arrives, in order, always with the same content under its id.</summary>
    private static async Task EndAsync(TestDatabase store, Sink sink, BotProcess process)
    {
        var all = (Kills + 1) * EachTime;
        List<JsonObject> arrived = [];
        await Eventually.TrueAsync(async () =>
        {
            Assert.False(process.HasExited, process.Output);
            arrived = await sink.ArrivedAsync(0);
            return arrived.Select(Number).Distinct().Count() >= all;
        }, "all is told", TimeSpan.FromSeconds(90));

        await process.KillAsync();
        Assert.Equal(all, await CountAsync(store, "webhook_report"));
        Assert.Equal(all, await CountAsync(store, "storage_outbox WHERE type = 'tier.changed'"));
        // A message whose answer was lost comes again, and is then the same to the letter.
        Assert.Equal(all, arrived.Select(message => message.ToJsonString()).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, all), arrived.Select(Number).Distinct());
        Assert.All(arrived, message => Assert.Equal(Number(message) % 2 == 0 ? "gained" : "lost", (string?)message["data"]!["change"]));
    }

    private static int Number(JsonObject message) => int.Parse((string)message["data"]!["role"]!, CultureInfo.InvariantCulture);

    /// <summary>Accounts, a coin, and an app that is told of the fan's roles.</summary>
    /// <returns>The fan's account.</returns>
    private static async Task<Guid> PrepareAsync(TestDatabase store, TemporaryFolder folder, Uri address, Sink sink)
    {
        await using var app = RallyHost.Build(
            new Dictionary<string, string?>
            {
                ["Data"] = folder.Path,
                ["Store"] = store.Setting,
                ["Listen"] = address.ToString(),
                ["Webhooks:AllowPrivateAddresses"] = "true",
            },
            _ => { });
        await RallyHost.StartAsync(app, CancellationToken.None);
        var fan = (await DemoSeed.ApplyAsync(app.Services, CancellationToken.None)).Single(account => account.Username == "fan").RallyId;
        Assert.IsType<RegisterApp.Registered>(await app.Services.GetRequiredService<RegisterApp>().ExecuteAsync(
            new(App, App, "Somebody", Secret, [], ["webhooks:manage"], ["client_credentials"])));
        await app.Services.GetRequiredService<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "INSERT INTO auth_consent (account_id, client_id, scope, granted_at) VALUES (@fan, @App, 'links:read', 0)", new { fan, App }, transaction));
        using var http = new HttpClient { BaseAddress = address };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = App,
            ["client_secret"] = Secret,
        });
        using var tokens = await http.PostAsync(new Uri("oauth2/token", UriKind.Relative), form);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", (string?)(await tokens.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]);
        using var made = await http.PostAsJsonAsync("api/webhook-endpoints", new { url = sink.Url, events = new[] { "tier.changed" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await app.StopAsync();
        return fan;
    }

    /// <summary>As the bot keeps them with its decisions; the role is the report's number.</summary>
    private static async Task QueueAsync(TestDatabase store, Guid fan, int first)
    {
        await using var database = Database.Open(store.Setting);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO bot_tier_report (id, number, rally_id, coin, guild_id, role_id, change, at)
            VALUES (@Id, @Number, @fan, 'PTM', 9, @Number, @Change, @At)
            """, Enumerable.Range(first, EachTime).Select(number => new
        {
            Id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()),
            Number = (long)number,
            fan,
            Change = number % 2 == 0 ? "gained" : "lost",
            At = TimeProvider.System.GetUtcNow(),
        }), transaction));
    }

    // The process has the store for itself, so only while there is none.
    private static async Task<long> CountAsync(TestDatabase store, string table)
    {
        await using var database = Database.Open(store.Setting);
        return await database.ReadAsync(connection => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table}"));
    }
}
