using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Rally.Auth.Apps;
using Rally.Bot.Linking;
using Rally.Bot.Roles;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>The bot gives and takes roles, and other people's programs are told of it by the network.</summary>
public sealed class TierEventTests
{
    private const string Reports = "/api/tier-changes";
    private const string Friend = "friend";
    private const string Stranger = "stranger";
    private const string Secret = "a-secret-that-is-long-enough-for-anybody-0123456789";

    [Theory, EachEngine]
    public async Task A_role_gained_and_lost_is_told_once_and_in_order_to_who_may_know_the_fans_links(Engine engine)
    {
        await using var town = await StartAsync(engine);
        await using var friend = await ListenAsync(town, Friend, mayKnow: true);
        await using var stranger = await ListenAsync(town, Stranger, mayKnow: false);
        var fan = (await town.Inside<Links>().FindAsync(town.Fan, CancellationToken.None))!.RallyId;

        // The network takes the first report, and the bot does not hear that it does.
        town.Network.LosesAnswerOf = Reports;
        await GainAsync(town);
        await LoseAsync(town);
        await GainAsync(town);
        // The link is gone before the role is.
        await town.RunAsync(town.Fan, "coin", "leave");
        await town.RoleBecomesAsync(town.Fan, false);

        var told = await friend.ArrivedAsync(4);
        await AllToldAsync(town);
        Assert.Equal(["gained", "lost", "gained", "lost"], told.Select(one => (string?)one["data"]!["change"]));
        Assert.All(told, one => Assert.Equal(
            ("tier.changed", "PTM", fan, "discord", $"{town.Sandbox.GuildId}", $"{town.Gold}"),
            ((string?)one["type"], (string?)one["data"]!["coin"], (Guid)one["data"]!["account"]!, (string?)one["data"]!["platform"],
                (string?)one["data"]!["place"], (string?)one["data"]!["role"])));
        Assert.DoesNotContain($"{town.Fan}", told[0].ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(4, await town.Inside<Database>().ReadAsync(connection => connection.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM storage_outbox WHERE type = 'tier.changed' AND data LIKE @fan", new { fan = $"%{fan}%" })));
        // What comes after them is all that the stranger ever gets.
        Assert.IsType<SuspendCoin.Result.Changed>(await town.Inside<SuspendCoin>().ExecuteAsync("PTM", suspended: true, CancellationToken.None));
        Assert.Equal("coin.status", (string?)Assert.Single(await stranger.ArrivedAsync(1))["type"]);
    }

    [Theory, EachEngine]
    public async Task What_could_not_be_told_is_told_after_a_restart_once_and_in_order(Engine engine)
    {
        await using var town = await StartAsync(engine);
        await using var friend = await ListenAsync(town, Friend, mayKnow: true);
        town.Network.UnreachablePath = Reports;

        await GainAsync(town);
        await LoseAsync(town);
        await Eventually.TrueAsync(() => town.Network.Refused > 0, "the bot has tried");
        Assert.Equal(2, await town.Inside<TierReports>().CountAsync(CancellationToken.None));
        await town.StopBotAsync();
        await town.StartBotAsync();
        await GainAsync(town);

        var told = await friend.ArrivedAsync(3);
        await AllToldAsync(town);
        Assert.Equal(["gained", "lost", "gained"], told.Select(one => (string?)one["data"]!["change"]));
        Assert.True((DateTimeOffset)told[0]["data"]!["happenedAt"]! < (DateTimeOffset)told[0]["timestamp"]!);
    }

    [Theory, EachEngine]
    public async Task Nobody_but_who_the_operator_trusts_reports(Engine engine)
    {
        await using var town = await StartAsync(engine);
        await using var friend = await ListenAsync(town, Friend, mayKnow: true);
        var account = (await town.Inside<Links>().FindAsync(town.Fan, CancellationToken.None))!.RallyId;
        var report = new
        {
            id = Guid.NewGuid(),
            coin = "PTM",
            account,
            platform = "discord",
            place = "900",
            role = "77",
            change = "gained",
            happenedAt = TimeProvider.System.GetUtcNow(),
        };

        Assert.Equal(HttpStatusCode.Unauthorized, await ReportAsync(town, null, report));
        Assert.Equal(HttpStatusCode.Forbidden, await ReportAsync(town, await TokenAsync(town, Friend), report));
        // A fan's token that the bot has is none of the bot's own, whatever the bot may.
        Assert.Equal(HttpStatusCode.Forbidden, await ReportAsync(town, await town.Inside<FanTokens>().GetAsync(town.Fan, CancellationToken.None), report));
        await RegisterAsync(town, "bot", "tiers:report");
        Assert.Equal(HttpStatusCode.OK, await ReportAsync(town, await TokenAsync(town, "bot"), report));

        Assert.Equal("gained", (string?)(await friend.ArrivedAsync(1))[0]["data"]!["change"]);
    }

    [Theory, EachEngine]
    public async Task A_bot_that_was_registered_before_there_were_reports_goes_on_and_says_what_to_do(Engine engine)
    {
        await using var sites = await TwoSites.StartAsync(engine, registeredBefore: true);
        await sites.LaunchAsync();
        await sites.MarkedAsync();
        await sites.WriteAsync($"""
            INSERT INTO bot_tier_report (id, number, rally_id, coin, guild_id, role_id, change, at)
            VALUES (@id, 1, @_fan, 'COIN1', @Guild, 1, 'gained', {sites.Clock.GetUtcNow().ToUnixTimeMilliseconds()})
            """);

        await sites.PassAsync(() => sites.Log.All.Contains("Its operator registers the bot again (register-client)", StringComparison.Ordinal), "it says so");
        Assert.Null(sites.Status.NetworkFault);
        Assert.Equal(1, await sites.Bot<TierReports>().CountAsync(CancellationToken.None));

        // The token that it has is good for an hour, which a restart with the new secret would cut short.
        await sites.RegisterAgainAsync();
        sites.Clock.Advance(TimeSpan.FromHours(1));
        await sites.PassAsync(async () => await sites.Bot<TierReports>().CountAsync(CancellationToken.None) == 0, "the network has answered");
        // Nobody has signed up there.
        Assert.Contains("gained role 1 in 9 by COIN1: No account has the Rally id", sites.Log.All, StringComparison.Ordinal);
    }

    private static async Task<Town> StartAsync(Engine engine)
    {
        var town = await Town.WithGoldTierAsync(engine, settings: ("Webhooks:AllowPrivateAddresses", "true"));
        await town.LinkAsync(town.Fan, "fan");
        await town.SettledAsync();
        await AllToldAsync(town); // that the creator has all coins opens the role too
        return town;
    }

    /// <summary>Somebody's program that listens to changed tiers.</summary>
    private static async Task<Sink> ListenAsync(Town town, string app, bool mayKnow)
    {
        await RegisterAsync(town, app, "webhooks:manage");
        var account = (await town.Inside<Links>().FindAsync(town.Fan, CancellationToken.None))!.RallyId;
        if (mayKnow)
        {
            await town.Inside<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                "INSERT INTO auth_consent (account_id, client_id, scope, granted_at) VALUES (@account, @app, 'links:read', 0)", new { account, app }, transaction));
        }

        var sink = await Sink.StartAsync();
        using var http = Client(town, await TokenAsync(town, app));
        string[] events = mayKnow ? ["tier.changed"] : ["tier.changed", "coin.status"];
        using var made = await http.PostAsJsonAsync("/api/webhook-endpoints", new { url = sink.Url, events, coins = new[] { "PTM" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return sink;
    }

    private static async Task RegisterAsync(Town town, string app, string scope) => Assert.IsType<RegisterApp.Registered>(
        await town.Inside<RegisterApp>().ExecuteAsync(new(app, app, "Somebody", Secret, [], [scope], ["client_credentials"])));

    private static async Task<string> TokenAsync(Town town, string app)
    {
        using var http = Client(town, null);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = app,
            ["client_secret"] = Secret,
        });
        using var answer = await http.PostAsync(new Uri("oauth2/token", UriKind.Relative), form);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!;
    }

    private static async Task<HttpStatusCode> ReportAsync(Town town, string? token, object report)
    {
        using var http = Client(town, token);
        using var answer = await http.PostAsJsonAsync(Reports, new { reports = new[] { report } });
        return answer.StatusCode;
    }

    private static HttpClient Client(Town town, string? token)
    {
        var http = new HttpClient { BaseAddress = town.Address };
        if (token is not null)
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return http;
    }

    private static async Task GainAsync(Town town)
    {
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        await town.SettledAsync();
    }

    private static async Task LoseAsync(Town town)
    {
        await town.SendAsync(town.Fan, town.Creator, "60");
        await town.RoleBecomesAsync(town.Fan, false);
        await town.SettledAsync();
    }

    private static Task AllToldAsync(Town town) =>
        Eventually.TrueAsync(async () => await town.Inside<TierReports>().CountAsync(CancellationToken.None) == 0, "all is told");
}
