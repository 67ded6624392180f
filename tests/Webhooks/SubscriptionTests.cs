using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class SubscriptionTests
{
    private const string Path = "/api/webhook-endpoints";
    private const string Url = "https://example.com/hook";

    [Theory, EachEngine]
    public async Task An_endpoint_is_made_read_changed_and_removed(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        using var client = network.Client();
        using var made = await client.PostAsJsonAsync(Path, new { url = Url, events = new[] { "transfer.posted" }, coins = new[] { "ptm", "PTM" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var created = (await made.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal(["id", "url", "events", "coins", "format", "secret", "publicKey", "position"], created.Select(field => field.Key));
        Assert.Equal("""["PTM"]""", created["coins"]!.ToJsonString());
        Assert.Equal($"{Path}/{created["id"]}", made.Headers.Location!.OriginalString);

        var read = (await client.GetFromJsonAsync<JsonObject>(made.Headers.Location))!;
        Assert.Equal(
            ["id", "url", "events", "coins", "format", "perSecond", "createdAt", "position", "lastPosition", "lag", "failures", "failingSince",
             "lastFailure", "nextAttemptAt", "deadLetters", "disabledAt", "disabledReason", "lastDeliveredAt"],
            read.Select(field => field.Key));

        using var changed = await client.PatchAsJsonAsync(made.Headers.Location, new { url = Url + "/2", enabled = false });
        var afterChange = (await changed.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal((Url + "/2", "by its owner"), ((string?)afterChange["url"], (string?)afterChange["disabledReason"]));
        Assert.Equal("""["PTM"]""", afterChange["coins"]!.ToJsonString());
        using var allCoins = await client.PatchAsync(made.Headers.Location, new StringContent("""{"coins":null}""", Encoding.UTF8, "application/json"));
        Assert.Null((await allCoins.Content.ReadFromJsonAsync<JsonObject>())!["coins"]);

        var list = (await client.GetFromJsonAsync<JsonObject>(Path))!["endpoints"]!.AsArray();
        Assert.Equal((string?)created["id"], (string?)Assert.Single(list)!["id"]);
        using var removed = await client.DeleteAsync(made.Headers.Location);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var again = await client.DeleteAsync(made.Headers.Location);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        Assert.Empty((await client.GetFromJsonAsync<JsonObject>(Path))!["endpoints"]!.AsArray());
    }

    [Theory, EachEngine]
    public async Task Another_clients_endpoint_is_as_if_it_were_not_there(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        var subscription = await network.SubscribeAsync(Url);
        using var stranger = network.Client("stranger");

        using var read = await stranger.GetAsync($"{Path}/{subscription.Id}");
        using var changed = await stranger.PatchAsJsonAsync($"{Path}/{subscription.Id}", new { enabled = false });
        using var removed = await stranger.DeleteAsync($"{Path}/{subscription.Id}");

        Assert.All([read, changed, removed], response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
        Assert.Empty((await stranger.GetFromJsonAsync<JsonObject>(Path))!["endpoints"]!.AsArray());
        Assert.Null((await network.StatusAsync(subscription))["disabledAt"]);
    }

    [Fact]
    public async Task Without_the_scope_or_without_a_token_nothing_is_shown()
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite);
        using var weak = network.Client(scope: "profile");
        using var anonymous = network.Client();
        anonymous.DefaultRequestHeaders.Authorization = null;

        using var forbidden = await weak.GetAsync(Path);
        using var unauthorized = await anonymous.GetAsync(Path);

        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);
    }

    [Fact]
    public async Task What_cannot_work_is_refused_with_a_reason()
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite);
        using var client = network.Client();
        string[] bodies =
        [
            """{"events":["transfer.posted"]}""",
            """{"url":"/hook","events":["transfer.posted"]}""",
            """{"url":"ftp://example.com","events":["transfer.posted"]}""",
            """{"url":"https://user:word@example.com","events":["transfer.posted"]}""",
            """{"url":"https://example.com/#part","events":["transfer.posted"]}""",
            $$"""{"url":"https://example.com/{{new string('a', 2_000)}}","events":["transfer.posted"]}""",
            """{"url":"https://example.com"}""",
            """{"url":"https://example.com","events":[]}""",
            """{"url":"https://example.com","events":[null]}""",
            """{"url":"https://example.com","events":["coin.minted"]}""",
            """{"url":"https://example.com","events":["transfer.posted"],"coins":[]}""",
            """{"url":"https://example.com","events":["transfer.posted"],"coins":["P T"]}""",
            """{"url":"https://example.com","events":["transfer.posted"],"coins":[null]}""",
            """{"url":"https://example.com","events":["transfer.posted"],"after":-1}""",
            """{"url":"https://example.com","events":["transfer.posted"],"after":1}""",
        ];
        foreach (var body in bodies)
        {
            using var response = await client.PostAsync(Path, new StringContent(body, Encoding.UTF8, "application/json"));
            var problem = await response.Content.ReadFromJsonAsync<JsonObject>();
            Assert.Equal((body, HttpStatusCode.UnprocessableEntity), (body, response.StatusCode));
            Assert.Equal("urn:rally:invalid-endpoint", (string?)problem!["type"]);
            Assert.False(string.IsNullOrEmpty((string?)problem["detail"]));
        }

        using var malformed = await client.PostAsync(Path, new StringContent("{", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
    }

    [Theory, EachEngine]
    public async Task A_client_has_a_stated_number_of_endpoints_even_when_it_asks_at_once(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine, options => options.MaxEndpointsPerClient = 3);
        using var client = network.Client();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var response = await client.PostAsJsonAsync(Path, new { url = Url, events = new[] { "transfer.posted" } });
            return response.StatusCode;
        }));

        Assert.Equal(3, answers.Count(status => status == HttpStatusCode.Created));
        Assert.Equal(5, answers.Count(status => status == HttpStatusCode.UnprocessableEntity));
        using var other = network.Client("other");
        using var others = await other.PostAsJsonAsync(Path, new { url = Url, events = new[] { "transfer.posted" } });
        Assert.Equal(HttpStatusCode.Created, others.StatusCode);
    }

    [Theory, EachEngine]
    public async Task A_change_of_URL_takes_effect_at_the_next_event(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var before = await Receiver.StartAsync();
        await using var after = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(before.Url);
        await network.PostAsync();
        await network.StatusAsync(subscription, "position", 1);

        await network.PatchAsync(subscription, new { url = after.Url });
        await DispatcherHasCaughtUpAsync(network);
        await network.PostAsync();

        Assert.Equal(2, (await after.ArrivedAsync(1))[0].Position);
        Assert.Single(before.Deliveries);
    }

    [Theory, EachEngine]
    public async Task A_removed_endpoint_gets_nothing_more(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var removed = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(removed.Url);
        await network.PostAsync();
        await removed.ArrivedAsync(1);
        using var client = network.Client();

        using var response = await client.DeleteAsync($"{Path}/{subscription.Id}");
        await DispatcherHasCaughtUpAsync(network);
        await network.PostAsync();
        await DispatcherHasCaughtUpAsync(network);

        Assert.Single(removed.Deliveries);
    }

    [Theory, EachEngine]
    public async Task A_signing_secret_is_neither_in_the_store_nor_in_the_log(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = context => Receiver.Status(context, 500);
        var subscription = await network.SubscribeAsync(receiver.Url);
        await network.PostAsync();
        await network.StatusAsync(subscription, "failures", 1);
        var bare = subscription.Secret["whsec_".Length..];
        var key = Convert.FromBase64String(bare);

        var stored = await network.Services.GetRequiredService<Database>().ReadAsync(
            connection => connection.QuerySingleAsync<byte[]>("SELECT sealed FROM webhook_key"));

        Assert.Equal(-1, stored.AsSpan().IndexOf(key));
        Assert.Equal(-1, stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(bare)));
        Assert.NotEmpty(network.Log.Lines);
        Assert.DoesNotContain(network.Log.Lines, line => line.Text.Contains(bare, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", (await network.StatusAsync(subscription)).ToJsonString(), StringComparison.OrdinalIgnoreCase);
        if (engine == Engine.Sqlite)
        {
            var path = network.StoreSetting["sqlite:".Length..];
            foreach (var file in Directory.GetFiles(System.IO.Path.GetDirectoryName(path)!, "*.db*").Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
            {
                await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using var bytes = new MemoryStream();
                await open.CopyToAsync(bytes);
                Assert.Equal(-1, bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(bare)));
            }
        }
    }

    /// <summary>Changes are taken in one after the other: once a later one shows, the earlier ones count.</summary>
    private static async Task DispatcherHasCaughtUpAsync(TestNetwork network)
    {
        await using var probe = await Receiver.StartAsync();
        await network.SubscribeAsync(probe.Url, after: 0);
        await probe.ArrivedAsync(1);
    }
}
