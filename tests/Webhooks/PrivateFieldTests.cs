using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Approvals;
using Rally.Webhooks.Subscriptions;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class PrivateFieldTests
{
    private static readonly string[] Sent = ["donation", "transfer"];

    [Theory, EachEngine]
    public async Task Private_fields_go_to_an_approved_app_as_far_as_the_sender_shows_them(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine, names: new Names());
        await using var approved = await Receiver.StartAsync();
        await using var stranger = await Receiver.StartAsync();
        var (creator, fan) = await BeginAsync(network);
        await network.SubscribeAsync(new { url = approved.Url, events = Sent });
        await network.SubscribeAsync(new { url = stranger.Url, events = Sent }, clientId: "stranger");
        await ApproveAsync(network, "app");

        foreach (var (name, memo) in new[] { (true, true), (true, false), (false, true), (false, false) })
            await network.SendAsync(fan, creator, "PTM", "1", ("note", "a secret"), ("reference", "order 7"), ("showUsername", name), ("showMemo", memo));
        await network.SendAsync(fan, creator, "PTM", "1", ("note", "a secret"));

        Assert.Equal(
            [("fan", "a secret", "order 7"), ("fan", null, null), (null, "a secret", "order 7"), (null, null, null), (null, null, null)],
            (await approved.ArrivedAsync(5)).Select(one => PrivateOf(one.Data)));
        Assert.All(await stranger.ArrivedAsync(5), one => Assert.Equal((null, null, null), PrivateOf(one.Data)));
        Assert.All(stranger.Deliveries, one => Assert.DoesNotContain("secret", Encoding.UTF8.GetString(one.Body), StringComparison.Ordinal));
    }

    [Theory, EachEngine]
    public async Task A_pending_transfers_words_are_shown_as_its_sender_chose(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine, names: new Names());
        await using var receiver = await Receiver.StartAsync();
        var (creator, fan) = await BeginAsync(network);
        await network.SubscribeAsync(new { url = receiver.Url, events = Sent });
        await ApproveAsync(network, "app");

        var pending = await network.SendAsync(
            fan, creator, "PTM", "1", ("note", "later"), ("showMemo", true), ("showUsername", true), ("expiresAt", network.Clock.GetUtcNow().AddDays(1).ToString("O")));
        await network.CallAsync($"/api/transfers/{pending["id"]}/post", new() { ["id"] = Guid.CreateVersion7(DateTimeOffset.UnixEpoch) });

        Assert.Equal(("fan", "later", null), PrivateOf(Assert.Single(await receiver.ArrivedAsync(1)).Data));
    }

    [Theory, EachEngine]
    public async Task An_approval_that_is_withdrawn_counts_for_what_waits_too(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine, names: new Names());
        await using var receiver = await Receiver.StartAsync();
        var (creator, fan) = await BeginAsync(network);
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Sent });
        await ApproveAsync(network, "app");
        receiver.Answer = context => Receiver.Status(context, receiver.Deliveries.Count < 2 ? 500 : 204);

        await network.SendAsync(fan, creator, "PTM", "1", ("note", "a secret"), ("showUsername", true), ("showMemo", true));
        await receiver.ArrivedAsync(1);
        await network.StatusAsync(subscription, "failures", 1);
        await CallAsync(network, HttpMethod.Delete, "/api/coins/ptm/webhook-apps/app", HttpStatusCode.NoContent);
        await network.AdvanceToNextAttemptAsync(subscription, failures: 1);

        var events = await receiver.ArrivedAsync(2);
        Assert.Equal([("fan", "a secret", null), (null, null, null)], events.Select(one => PrivateOf(one.Data)));
        Assert.Equal(events[0].Id, events[1].Id);
    }

    [Theory, EachEngine]
    public async Task Approvals_are_given_listed_and_withdrawn_by_coin(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await network.LaunchAsync("PTM");
        await network.LaunchAsync("KSK");
        const string path = "/api/coins/PTM/webhook-apps";

        await ApproveAsync(network, "app");
        await ApproveAsync(network, "app");
        await ApproveAsync(network, "other");

        var list = await CallAsync(network, HttpMethod.Get, path, HttpStatusCode.OK);
        Assert.Equal(["app", "other"], list!["apps"]!.AsArray().Select(app => (string?)app!["clientId"]));
        Assert.Equal(network.Clock.GetUtcNow().ToUnixTimeSeconds(), ((DateTimeOffset)list["apps"]![0]!["approvedAt"]!).ToUnixTimeSeconds());
        Assert.Empty((await CallAsync(network, HttpMethod.Get, "/api/coins/KSK/webhook-apps", HttpStatusCode.OK))!["apps"]!.AsArray());
        Assert.Equal("""["PTM"]""", (await CallAsync(network, HttpMethod.Get, "/api/webhook-endpoints/approvals", HttpStatusCode.OK, "webhooks:manage"))!["coins"]!.ToJsonString());
        await CallAsync(network, HttpMethod.Delete, $"{path}/app", HttpStatusCode.NoContent);
        await CallAsync(network, HttpMethod.Delete, $"{path}/app", HttpStatusCode.NoContent);
        Assert.Single((await CallAsync(network, HttpMethod.Get, path, HttpStatusCode.OK))!["apps"]!.AsArray());

        await CallAsync(network, HttpMethod.Get, "/api/coins/NONE/webhook-apps", HttpStatusCode.NotFound);
        await CallAsync(network, HttpMethod.Put, "/api/coins/RLY/webhook-apps/app", HttpStatusCode.NotFound);
        await CallAsync(network, HttpMethod.Get, path, HttpStatusCode.Forbidden, "webhooks:manage");
    }

    [Theory, EachEngine]
    public async Task Approvals_of_an_app_that_is_gone_end_and_there_is_none_for_it(Engine engine)
    {
        var clients = new Clients();
        await using var network = await TestNetwork.StartAsync(engine, subscribers: clients);
        await network.LaunchAsync("PTM");
        await ApproveAsync(network, "app");

        clients.IsGone = true;
        await network.EndSubscriptionsAsync();

        Assert.Empty((await CallAsync(network, HttpMethod.Get, "/api/coins/PTM/webhook-apps", HttpStatusCode.OK))!["apps"]!.AsArray());
        await CallAsync(network, HttpMethod.Put, "/api/coins/PTM/webhook-apps/app", HttpStatusCode.NotFound);
    }

    private static async Task<(Guid Creator, Guid Fan)> BeginAsync(TestNetwork network)
    {
        var creator = await network.LaunchOnCurveAsync("PTM");
        var fan = await network.FundAsync(1_000);
        await network.TradeAsync(fan, "buy", "PTM", "100");
        return (creator, fan);
    }

    private static (string? Name, string? Memo, string? Reference) PrivateOf(JsonObject data) =>
        ((string?)data["fromUsername"], (string?)data["memo"], (string?)data["reference"]);

    private static Task ApproveAsync(TestNetwork network, string app) =>
        CallAsync(network, HttpMethod.Put, $"/api/coins/PTM/webhook-apps/{app}", HttpStatusCode.NoContent);

    private static async Task<JsonObject?> CallAsync(TestNetwork network, HttpMethod method, string path, HttpStatusCode status, string scope = "coins:manage")
    {
        using var client = network.Client(scope: scope);
        using var request = new HttpRequestMessage(method, path);
        using var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        return status == HttpStatusCode.OK ? JsonNode.Parse(body)!.AsObject() : null;
    }

    private sealed class Names : IUserNames
    {
        public Task<string?> FindAsync(Guid rallyId, CancellationToken stop) => Task.FromResult<string?>("fan");
    }

    private sealed class Clients : ISubscribers
    {
        public bool IsGone { get; set; }

        public Task<IReadOnlyDictionary<string, SubscriberState>> FindAsync(IReadOnlyCollection<string> clientIds, CancellationToken stop) =>
            Task.FromResult<IReadOnlyDictionary<string, SubscriberState>>(
                clientIds.ToDictionary(id => id, _ => IsGone ? SubscriberState.Gone : SubscriberState.Active));
    }
}
