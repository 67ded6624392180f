using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Streams;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

/// <summary>Events as server-sent events, read by the framework's own parser over real HTTP.</summary>
public sealed class StreamTests
{
    [Theory, EachEngine]
    public async Task A_reader_gets_what_comes_and_after_a_cut_goes_on_without_loss_or_repeat(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await network.PostAsync();
        string id;
        await using (var reader = await EventReader.OpenAsync(network))
        {
            Assert.Equal("text/event-stream", reader.Response.Content.Headers.ContentType!.ToString());
            Assert.Equal("no", reader.Response.Headers.GetValues("X-Accel-Buffering").Single());
            Assert.True(reader.Response.Headers.CacheControl!.NoStore);
            await network.PostAsync(2);
            var first = await reader.NextAsync();
            Assert.Equal(("transfer.posted", "2.0"), (first!.Value.EventType, first.Value.EventId));
            Assert.Equal("transfer.posted", (string?)JsonNode.Parse(first.Value.Data)!["type"]);
            Assert.Equal([3L], await reader.PositionsAsync(1));
            Assert.Equal(TimeSpan.FromSeconds(2), reader.Parser.ReconnectionInterval);
            id = reader.Parser.LastEventId;
        }

        await network.PostAsync(300);
        await using var again = await EventReader.OpenAsync(network, lastEventId: id);
        Assert.Equal(Enumerable.Range(4, 300).Select(position => (long)position), await again.PositionsAsync(300));
        await network.PostAsync();
        Assert.Equal([304L], await again.PositionsAsync(1));
    }

    [Theory, EachEngine]
    public async Task After_a_restart_of_the_network_a_reader_goes_on_where_it_was(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var reader = await EventReader.OpenAsync(network);
        await network.PostAsync(2);
        Assert.Equal([1L, 2], await reader.PositionsAsync(2));
        await network.CrashAsync();
        await network.StartAgainAsync();
        await network.PostAsync();
        await using var again = await EventReader.OpenAsync(network, lastEventId: reader.Parser.LastEventId);
        Assert.Equal([3L], await again.PositionsAsync(1));
    }

    [Theory, EachEngine]
    public async Task A_reader_gets_the_coins_it_names_from_where_it_says_and_is_led_past_the_others(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        foreach (var symbol in new[] { "AAA", "BBB", "CCC", "AAA2" })
            await network.LaunchAsync(symbol);
        await using var reader = await EventReader.OpenAsync(network, "?events=transfer.posted&coins=aaa,CCC&after=0");
        Assert.Equal([1L, 3], await reader.PositionsAsync(2));

        // Nothing it wants comes, and yet it need not look at position 4 again when it comes back.
        var next = reader.NextAsync();
        await Eventually.TrueAsync(() => network.Clock.HasTimerDue(network.Clock.GetUtcNow() + EventStream.KeepAliveEvery), "the stream waits");
        network.Clock.Advance(EventStream.KeepAliveEvery);
        await Eventually.TrueAsync(() => reader.Parser.LastEventId == "4.0", "an id without an event");
        Assert.False(next.IsCompleted);
    }

    [Theory]
    [InlineData("?events=transfer.lost", null)]
    [InlineData("?events=", null)]
    [InlineData("?coins=", null)]
    [InlineData("?coins=A B", null)]
    [InlineData("?after=-1", null)]
    [InlineData("?after=1", null)]
    [InlineData("", "seven")]
    [InlineData("", "99999999999999999999")]
    public async Task What_cannot_be_streamed_is_refused_in_words(string query, string? lastEventId)
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite);
        using var client = network.Client();
        using var answer = await EventReader.AskAsync(client, query, lastEventId);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.NotEmpty((string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"] ?? "");
    }

    [Fact]
    public async Task A_stream_needs_a_clients_token_with_the_scope()
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite);
        using var stranger = network.Client(scope: "balances:read");
        using var refused = await EventReader.AskAsync(stranger, "");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        stranger.DefaultRequestHeaders.Authorization = null;
        using var unknown = await EventReader.AskAsync(stranger, "");
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
    }

    [Fact]
    public async Task A_quiet_stream_has_a_comment_every_fifteen_seconds()
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite);
        using var client = network.Client();
        using var answer = await EventReader.AskAsync(client, "");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("retry: 2000|id: 0.0|", await LinesAsync(lines, 3));
        for (var i = 0; i < 2; i++)
        {
            await Eventually.TrueAsync(() => network.Clock.HasTimerDue(network.Clock.GetUtcNow() + TimeSpan.FromSeconds(15)), "the stream waits");
            network.Clock.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(":|", await LinesAsync(lines, 2));
        }
    }

    [Fact]
    public async Task A_client_has_so_many_streams_and_no_more_and_others_have_theirs()
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite, options => options.MaxStreamsPerClient = 2);
        await using var first = await EventReader.OpenAsync(network);
        await using var second = await EventReader.OpenAsync(network);
        await using var other = await EventReader.OpenAsync(network, clientId: "other");
        using var client = network.Client();
        using (var third = await EventReader.AskAsync(client, ""))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, third.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(5), third.Headers.RetryAfter!.Delta);
            Assert.Equal("urn:rally:too-many-streams", (string?)(await third.Content.ReadFromJsonAsync<JsonObject>())!["type"]);
        }

        await second.DisposeAsync();
        await Eventually.TrueAsync(async () =>
        {
            using var fourth = await EventReader.AskAsync(client, "");
            return fourth.StatusCode == HttpStatusCode.OK;
        }, "the place is free again");
    }

    [Fact]
    public async Task The_streams_of_a_token_that_is_revoked_end_within_five_seconds_and_no_others()
    {
        var tokens = new Tokens();
        await using var network = await TestNetwork.StartAsync(
            Engine.Sqlite, services: services => services.AddSingleton<IStreamTokens>(tokens), chores: true);
        await using var reader = await EventReader.OpenAsync(network);
        await using var second = await EventReader.OpenAsync(network);
        await using var other = await EventReader.OpenAsync(network, clientId: "other");
        tokens.Revoked = "app";
        network.Clock.Advance(EndStreams.Interval);
        Assert.Null(await reader.NextAsync());
        Assert.Null(await second.NextAsync());

        await network.PostAsync();
        Assert.Equal([1L], await other.PositionsAsync(1));
        // The next look is at what is still open, for each token once.
        network.Clock.Advance(EndStreams.Interval);
        await Eventually.TrueAsync(() => tokens.Asked.Count == 2, "another question");
        Assert.Equal(["app other", "other"], tokens.Asked);
    }

    [Fact]
    public async Task Events_cost_no_look_at_tokens()
    {
        var tokens = new Tokens();
        await using var network = await TestNetwork.StartAsync(
            Engine.Sqlite, services: services => services.AddSingleton<IStreamTokens>(tokens), chores: true);
        await using var reader = await EventReader.OpenAsync(network);
        await network.PostAsync(20);
        Assert.Equal(20, (await reader.PositionsAsync(20)).Count);
        Assert.Empty(tokens.Asked);
    }

    [Fact]
    public async Task A_stream_ends_when_its_token_does_and_at_once_when_the_network_stops()
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite);
        await using var reader = await EventReader.OpenAsync(network);
        network.Clock.Advance(ClientNameHandler.TokenLifetime);
        Assert.Null(await reader.NextAsync());

        await using var another = await EventReader.OpenAsync(network);
        await using var late = await EventReader.OpenAsync(network);
        // The host gives open requests 30 s, which the wait for this does not.
        await network.StopAsync().WaitAsync(TimeSpan.FromSeconds(15));
        Assert.Null(await another.NextAsync());
        Assert.Null(await late.NextAsync());
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_is_cut_off_and_gets_the_rest_when_it_comes_back()
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite, services: services =>
            services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = SmallSocket));
        await network.PostAsync(600);
        using var slow = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await slow.ConnectAsync(IPAddress.Loopback, network.Address.Port);
        await slow.SendAsync(Encoding.ASCII.GetBytes(
            "GET /api/events?after=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer app:webhooks:manage\r\n\r\n"));
        await Eventually.TrueAsync(() => network.Clock.HasTimerDue(network.Clock.GetUtcNow() + EventStream.SlowAfter), "the stream waits for its reader");
        network.Clock.Advance(EventStream.SlowAfter);
        await Eventually.TrueAsync(() => network.Log.All.Contains("is cut off", StringComparison.Ordinal), "the log says so");

        await using var again = await EventReader.OpenAsync(network, "?after=0");
        Assert.Equal(600, (await again.PositionsAsync(600)).Count);
    }

    private static async Task<string> LinesAsync(StreamReader reader, int count)
    {
        var lines = new List<string?>();
        while (lines.Count < count)
            lines.Add(await reader.ReadLineAsync());
        return string.Join('|', lines);
    }

    private static Socket SmallSocket(EndPoint address)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(address);
        socket.SendBufferSize = 4096;
        return socket;
    }

    private sealed class Tokens : IStreamTokens
    {
        public string? Revoked { get; set; }

        public ConcurrentQueue<string> Asked { get; } = new();

        public Task<IReadOnlySet<string>> WorkingAsync(IReadOnlyCollection<string> ids, CancellationToken stop)
        {
            Asked.Enqueue(string.Join(' ', ids.Order()));
            return Task.FromResult<IReadOnlySet<string>>(ids.Where(id => id != Revoked).ToHashSet());
        }
    }
}
