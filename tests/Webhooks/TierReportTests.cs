using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Approvals;
using Rally.Webhooks.Reports;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

/// <summary>Changes of roles that a client reports are told once, in order, and to whom they may be.</summary>
public sealed class TierReportTests
{
    private const string Scope = "tiers:report";
    private static readonly string[] TierChanged = ["tier.changed"];
    private static readonly Guid Fan = Guid.Parse("0193a8a0-0000-7000-8000-000000000001");

    [Theory, EachEngine]
    public async Task What_is_reported_is_told_in_order_to_apps_that_may_read_the_accounts_links(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await using var stranger = await Receiver.StartAsync();
        await using var ofOther = await Receiver.StartAsync();
        await network.LaunchAsync("PTM");
        await network.LaunchAsync("KSK");
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = TierChanged, coins = new[] { "PTM" } });
        var unknowing = await network.SubscribeAsync(new { url = stranger.Url, events = TierChanged }, clientId: "stranger");
        await network.SubscribeAsync(new { url = ofOther.Url, events = TierChanged, coins = new[] { "KSK" } });
        var (first, second) = (Report(network), Report(network, ("change", "lost"), ("coin", "ptm")));

        await TakenAsync(network, first);
        await TakenAsync(network, second);
        await TakenAsync(network, Report(network, ("coin", "KSK")));

        var events = await receiver.ArrivedAsync(2);
        Assert.Equal(["gained", "lost"], events.Select(one => (string?)one.Data["change"]));
        Assert.Equal([$"msg_{subscription.Id:N}_o1", $"msg_{subscription.Id:N}_o2"], events.Select(one => one.Id));
        var told = events[0].Data;
        Assert.Equal(
            ("PTM", Fan, "discord", "900", "77"),
            ((string?)told["coin"], (Guid)told["account"]!, (string?)told["platform"], (string?)told["place"], (string?)told["role"]));
        Assert.Equal((DateTimeOffset)first["happenedAt"]!, (DateTimeOffset)told["happenedAt"]!);
        Assert.Equal("KSK", (string?)Assert.Single(await ofOther.ArrivedAsync(1)).Data["coin"]);
        // The stranger's endpoint has passed them all, for it got what came after.
        await network.PatchAsync(unknowing, new { events = new[] { "tier.changed", "transfer.posted" } }, clientId: "stranger");
        await network.LaunchAsync("ALLIE");
        Assert.Equal("transfer.posted", Assert.Single(await stranger.ArrivedAsync(1)).Type);
        Assert.Equal(2, receiver.Deliveries.Count);
    }

    [Theory, EachEngine]
    public async Task The_same_report_again_gets_the_first_answer_and_is_told_once(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await network.LaunchAsync("PTM");
        var report = Report(network);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => TakenAsync(network, report)));
        var first = answers[0].ToJsonString();
        network.Clock.Jump(TimeSpan.FromDays(2));
        report["coin"] = "ptm";
        report["happenedAt"] = ((DateTimeOffset)report["happenedAt"]!).ToOffset(TimeSpan.FromHours(2)).ToString("O");

        Assert.All(answers, answer => Assert.Equal(first, answer.ToJsonString()));
        Assert.Equal(first, (await TakenAsync(network, report)).ToJsonString());
        Assert.Equal(1, await CountAsync(network, "storage_outbox"));
    }

    [Theory, EachEngine]
    public async Task An_id_with_other_content_is_refused_and_is_nobody_elses(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await network.LaunchAsync("PTM");
        var report = Report(network);
        await TakenAsync(network, report);
        report["change"] = "lost";

        var problem = await RefusedAsync(network, report);

        Assert.Equal("urn:rally:id-conflict", (string?)problem["type"]);
        await TakenAsync(network, report, clientId: "another-bot");
        Assert.Equal(2, await CountAsync(network, "storage_outbox"));
    }

    [Theory]
    [InlineData("id", "7", "invalid-report", "id must be a UUID")]
    [InlineData("id", "00000000-0000-0000-0000-000000000000", "invalid-report", "id must be a UUID")]
    [InlineData("coin", null, "invalid-report", "coin must be the symbol")]
    [InlineData("coin", "NONE", "unknown-coin", "No coin has the symbol 'NONE'.")]
    [InlineData("coin", "P\0M", "unknown-coin", "No coin has the symbol")]
    [InlineData("account", "fan", "invalid-report", "account must be the Rally id")]
    [InlineData("account", "0193a8a0-0000-7000-8000-00000000dead", "unknown-account", "No account has the Rally id 0193a8a0-0000-7000-8000-00000000dead")]
    [InlineData("platform", "irc", "invalid-report", "platform must be discord.")]
    [InlineData("place", "my server", "invalid-report", "place must be the id")]
    [InlineData("place", "123456789012345678901", "invalid-report", "place must be the id")]
    [InlineData("role", "", "invalid-report", "role must be the id")]
    [InlineData("change", "kept", "invalid-report", "change must be gained or lost.")]
    [InlineData("happenedAt", "yesterday", "invalid-report", "happenedAt must be the time")]
    [InlineData("happenedAt", "2100-01-01T00:00:00Z", "invalid-report", "happenedAt is in the future")]
    [InlineData("happenedAt", "2020-01-01T00:00:00Z", "invalid-report", "happenedAt is more than 30 days ago")]
    public async Task A_wrong_report_is_refused_with_what_to_mend_and_leaves_nothing(string member, string? value, string type, string detail)
    {
        await using var network = await StartAsync(Engine.Sqlite);
        await network.LaunchAsync("PTM");

        var problem = await RefusedAsync(network, Report(network, (member, value)));

        Assert.Equal($"urn:rally:{type}", (string?)problem["type"]);
        Assert.StartsWith(detail, (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Equal((0, 0), (await CountAsync(network, "webhook_report"), await CountAsync(network, "storage_outbox")));
    }

    [Theory, EachEngine]
    public async Task Reports_that_come_together_are_told_in_their_order_and_refused_each_on_its_own(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await network.LaunchAsync("PTM");
        await network.SubscribeAsync(new { url = receiver.Url, events = TierChanged });
        var first = Report(network);
        var otherwise = first.DeepClone().AsObject();
        otherwise["change"] = "lost";
        JsonObject[] reports =
        [
            first, Report(network, ("coin", "NONE")), Report(network, ("change", "lost")), otherwise, Report(network, ("role", "")), first,
            .. Enumerable.Range(0, 94).Select(i => Report(network, ("change", i % 2 == 0 ? "gained" : "lost"))),
        ];

        var results = (await SendAsync(network, reports, HttpStatusCode.OK))["results"]!.AsArray();

        Assert.Equal(reports.Select(report => (string?)report["id"]), results.Select(result => (string?)result!["id"]));
        Assert.Equal(
            [null, "urn:rally:unknown-coin", null, "urn:rally:id-conflict", "urn:rally:invalid-report", null],
            results.Take(6).Select(result => (string?)result!["problem"]?["type"]));
        Assert.Equal([422, 409, 422], new[] { 1, 3, 4 }.Select(i => (int)results[i]!["problem"]!["status"]!));
        Assert.Equal((string?)results[0]!["receivedAt"], (string?)results[5]!["receivedAt"]);
        Assert.Equal(["gained", "lost", "gained", "lost", "gained"], (await receiver.ArrivedAsync(96)).Take(5).Select(one => (string?)one.Data["change"]));

        var again = (await SendAsync(network, reports, HttpStatusCode.OK))["results"]!.AsArray();
        Assert.Equal(results.ToJsonString(), again.ToJsonString());
        Assert.Equal((96, 96), (await CountAsync(network, "webhook_report"), await CountAsync(network, "storage_outbox")));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"reports":[]}""")]
    [InlineData("""{"reports":null}""")]
    public async Task What_is_no_list_of_reports_is_refused_as_a_whole(string body)
    {
        await using var network = await StartAsync(Engine.Sqlite);
        using var client = network.Client("bot", Scope);
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await client.PostAsync(new Uri("api/tier-changes", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("reports must be a list of 1 to 100", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_reports_than_a_hundred_are_refused_and_none_of_them_taken()
    {
        await using var network = await StartAsync(Engine.Sqlite);
        await network.LaunchAsync("PTM");

        await SendAsync(network, Enumerable.Range(0, 101).Select(_ => Report(network)), HttpStatusCode.UnprocessableEntity);
        var empty = (await SendAsync(network, [null!, Report(network)], HttpStatusCode.OK))["results"]!.AsArray();

        Assert.Equal(["urn:rally:invalid-report", null], empty.Select(result => (string?)result!["problem"]?["type"]));
        Assert.Equal(1, await CountAsync(network, "storage_outbox"));
    }

    [Theory, EachEngine]
    public async Task Only_a_client_with_the_scope_may_report(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await network.LaunchAsync("PTM");

        await SendAsync(network, [Report(network)], HttpStatusCode.Forbidden, scope: "webhooks:manage");

        Assert.Equal(0, await CountAsync(network, "storage_outbox"));
    }

    [Theory, EachEngine]
    public async Task Reports_are_forgotten_once_they_would_be_refused_for_their_age(Engine engine)
    {
        await using var network = await StartAsync(engine);
        await network.LaunchAsync("PTM");
        var report = Report(network);
        await TakenAsync(network, report);

        // Forgotten a little later than it is refused.
        network.Clock.Jump(TimeSpan.FromDays(30) + TimeSpan.FromMinutes(1));
        await network.Services.GetRequiredService<ReportTierChanges>().PruneAsync(default);
        await TakenAsync(network, report);
        network.Clock.Advance(TimeSpan.FromHours(7));

        await Eventually.TrueAsync(async () => await CountAsync(network, "webhook_report") == 0, "the report is forgotten");
        await RefusedAsync(network, report);
    }

    private static Task<TestNetwork> StartAsync(Engine engine) => TestNetwork.StartAsync(
        engine, names: new Names(), services: services => services.AddSingleton<ILinkReaders>(new AllBut("stranger")));

    private static JsonObject Report(TestNetwork network, params (string Name, string? Value)[] members)
    {
        var report = new JsonObject
        {
            ["id"] = Guid.NewGuid().ToString(),
            ["coin"] = "PTM",
            ["account"] = Fan,
            ["platform"] = "discord",
            ["place"] = "900",
            ["role"] = "77",
            ["change"] = "gained",
            ["happenedAt"] = network.Clock.GetUtcNow(),
        };
        foreach (var (name, value) in members)
            report[name] = value;
        return report;
    }

    private static async Task<JsonObject> TakenAsync(TestNetwork network, JsonObject report, string clientId = "bot")
    {
        var result = Assert.Single((await SendAsync(network, [report], HttpStatusCode.OK, clientId))["results"]!.AsArray())!.AsObject();
        Assert.Null(result["problem"]);
        Assert.NotNull(result["receivedAt"]);
        return result;
    }

    /// <summary>Why a report is refused.</summary>
    private static async Task<JsonObject> RefusedAsync(TestNetwork network, JsonObject report)
    {
        var result = Assert.Single((await SendAsync(network, [report], HttpStatusCode.OK))["results"]!.AsArray())!.AsObject();
        Assert.Equal(((string?)report["id"], null), ((string?)result["id"], (string?)result["receivedAt"]));
        return result["problem"]!.AsObject();
    }

    private static async Task<JsonObject> SendAsync(
        TestNetwork network, IEnumerable<JsonObject> reports, HttpStatusCode status, string clientId = "bot", string scope = Scope)
    {
        using var client = network.Client(clientId, scope);
        using var response = await client.PostAsJsonAsync("/api/tier-changes", new { reports });
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        return body.Length == 0 ? [] : JsonNode.Parse(body)!.AsObject();
    }

    private static async Task<int> CountAsync(TestNetwork network, string table) => (int)await network.Services.GetRequiredService<Database>()
        .ReadAsync(connection => connection.ExecuteScalarAsync<long>($"SELECT count(*) FROM {table}"));

    private sealed class Names : IUserNames
    {
        public Task<string?> FindAsync(Guid rallyId, CancellationToken stop) => Task.FromResult(rallyId == Fan ? "fan" : null);
    }

    private sealed class AllBut(string client) : ILinkReaders
    {
        public Task<bool> MayReadAsync(string clientId, Guid account, CancellationToken stop) => Task.FromResult(clientId != client && account == Fan);
    }
}
