using Microsoft.Extensions.Logging;
using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.DiscordApi;

public sealed class GatewayTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task It_identifies_and_tells_who_it_is_and_where()
    {
        await using var gateway = StubGateway.Start();
        var connection = await gateway.AcceptAsync();
        Assert.Equal("?v=10&encoding=json", connection.Query);
        await connection.HelloAsync(40_000);

        var identify = (await connection.ReceiveAsync()).GetProperty("d");
        Assert.Equal(StubGateway.Token, identify.GetProperty("token").GetString());
        Assert.Equal(3, identify.GetProperty("intents").GetInt32());
        Assert.Equal("[0,1]", identify.GetProperty("shard").GetRawText());
        Assert.Equal("""["os","browser","device"]""", "[" + string.Join(",", identify.GetProperty("properties").EnumerateObject().Select(p => $"\"{p.Name}\"")) + "]");
        Assert.Null(gateway.Client.Status.ConnectedSince);

        await connection.DispatchAsync("READY", 1, $$"""
            {"v":10,"user":{"id":"11","username":"bot","bot":true},"application":{"id":"12","flags":0},"session_id":"s1",
             "resume_gateway_url":"{{gateway.WebSocketAddress("/resume")}}","guilds":[{"id":"100","unavailable":true},{"id":"101","unavailable":true}]}
            """);
        await Eventually.TrueAsync(() => !gateway.Events.IsEmpty, "ready");
        var ready = Assert.IsType<Ready>(gateway.Events.Single());
        Assert.Equal((11UL, 12UL), (ready.User.Id, ready.ApplicationId));
        Assert.Equal([100UL, 101UL], ready.GuildIds);
        Assert.Equal(gateway.Clock.GetUtcNow(), gateway.Client.Status.ConnectedSince);
    }

    [Fact]
    public async Task The_first_heartbeat_comes_at_a_random_part_of_the_interval_and_the_rest_at_the_interval()
    {
        await using var gateway = StubGateway.Start();
        var connection = await gateway.AcceptReadyAsync();
        gateway.Clock.Advance(TimeSpan.FromSeconds(20) - Tick);
        Assert.Empty(connection.Heartbeats);
        gateway.Clock.Advance(Tick);
        await Eventually.TrueAsync(() => connection.Heartbeats.Count == 1, "the first beat at half the interval");
        await Eventually.TrueAsync(() => gateway.Client.Status.Latency is not null, "an acknowledgement");

        await connection.DispatchAsync("SOMETHING_NEW", 42, "{}");
        await connection.SendAsync("""{"op":1}""");
        await Eventually.TrueAsync(() => connection.Heartbeats.Count == 2, "a beat out of turn");
        gateway.Clock.Advance(TimeSpan.FromSeconds(40) - Tick);
        Assert.Equal(2, connection.Heartbeats.Count);
        gateway.Clock.Advance(Tick);
        await Eventually.TrueAsync(() => connection.Heartbeats.Count == 3, "the second beat");
        Assert.Equal([1, 42, 42], connection.Heartbeats.Select(beat => beat.Sequence!.Value));
    }

    [Fact]
    public async Task An_unanswered_heartbeat_ends_the_connection_and_the_session_is_resumed()
    {
        await using var gateway = StubGateway.Start();
        var connection = await gateway.AcceptReadyAsync();
        connection.AnswersHeartbeats = false;
        await connection.DispatchAsync("SOMETHING_NEW", 7, "{}");
        gateway.Clock.Advance(TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(() => connection.Heartbeats.Count == 1, "a beat");
        Assert.Null(connection.ClosedWith);
        gateway.Clock.Advance(TimeSpan.FromSeconds(40));
        await Eventually.TrueAsync(() => connection.Ended, "the close");
        Assert.Equal(4000, connection.ClosedWith);

        var next = await gateway.AcceptAsync();
        Assert.Equal("/resume", next.Path);
        await next.HelloAsync(40_000);
        await AssertResumesAsync(next, sequence: 7);
        await next.DispatchAsync("GUILD_ROLE_DELETE", 8, """{"guild_id":"100","role_id":"5"}""");
        await next.DispatchAsync("RESUMED", 9, "{}");
        await Eventually.TrueAsync(() => gateway.Events.OfType<Resumed>().Any(), "resumed");
        Assert.Equal([typeof(Ready), typeof(GuildRoleDeleted), typeof(Resumed)], gateway.Events.Select(e => e.GetType()));
        Assert.Equal(1, gateway.GatewayBotAsked);
        Assert.Equal("heartbeats went unanswered", gateway.Client.Status.LastFault);
    }

    [Theory]
    [InlineData("""{"op":7,"d":null}""")]
    [InlineData("""{"op":9,"d":true}""")]
    public async Task Asked_to_connect_anew_it_resumes(string asked)
    {
        await using var gateway = StubGateway.Start();
        var connection = await gateway.AcceptReadyAsync();
        await connection.SendAsync(asked);

        var next = await gateway.AcceptAsync();
        await next.HelloAsync(40_000);
        await AssertResumesAsync(next, sequence: 1);
        Assert.Equal(4000, connection.ClosedWith);
    }

    [Fact]
    public async Task An_invalid_session_is_forgotten_and_the_next_identify_waits()
    {
        await using var gateway = StubGateway.Start();
        var connection = await gateway.AcceptReadyAsync();
        var endedAt = gateway.Clock.GetUtcNow();
        await connection.SendAsync("""{"op":9,"d":false}""");

        var next = await gateway.AcceptReadyAsync();
        Assert.Equal("/gateway", next.Path);
        Assert.InRange(next.At - endedAt, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5.5));
    }

    [Theory]
    [InlineData(4000, true)]
    [InlineData(4008, true)]
    [InlineData(1001, true)]
    [InlineData(null, true)]
    [InlineData(4003, false)]
    [InlineData(4007, false)]
    [InlineData(4009, false)]
    public async Task A_close_code_tells_whether_to_resume(int? code, bool resumes)
    {
        await using var gateway = StubGateway.Start();
        var connection = await gateway.AcceptReadyAsync();
        if (code is { } told)
            await connection.CloseAsync(told);
        else
            connection.Abort();

        var next = await gateway.AcceptAsync();
        await next.HelloAsync(40_000);
        await gateway.UntilAsync(() => next.HasMessage, "a greeting");
        Assert.Equal(resumes ? 6 : 2, (await next.ReceiveAsync()).GetProperty("op").GetInt32());
    }

    [Theory]
    [InlineData(4004, "token")]
    [InlineData(4010, "shard")]
    [InlineData(4011, "shard count")]
    [InlineData(4012, "update")]
    [InlineData(4013, "intents")]
    [InlineData(4014, "Server Members Intent")]
    public async Task A_final_close_code_ends_it_with_what_to_do(int code, string advice)
    {
        await using var gateway = StubGateway.Start();
        var connection = await gateway.AcceptAsync();
        await connection.HelloAsync(40_000);
        await connection.ReceiveAsync();
        await connection.CloseAsync(code);

        var closed = await Assert.ThrowsAsync<GatewayClosedException>(() => gateway.Running);
        Assert.Equal(code, closed.CloseCode);
        Assert.Contains(advice, closed.Message, StringComparison.Ordinal);
        Assert.Equal(1, gateway.GatewayBotAsked);
    }

    [Fact]
    public async Task A_token_that_the_http_api_rejects_is_final_too()
    {
        await using var gateway = StubGateway.Start(configure: stub => stub.RejectToken = true);
        var closed = await Assert.ThrowsAsync<GatewayClosedException>(() => gateway.Running);
        Assert.Equal(4004, closed.CloseCode);
    }

    [Fact]
    public async Task Identifies_are_five_seconds_apart()
    {
        await using var gateway = StubGateway.Start();
        var first = await gateway.AcceptAsync();
        await first.HelloAsync(40_000);
        await first.ReceiveAsync();
        var firstAt = gateway.Clock.GetUtcNow();
        await first.CloseAsync(4009);

        var second = await gateway.AcceptAsync();
        await second.HelloAsync(40_000);
        await gateway.UntilAsync(() => second.HasMessage, "the second identify");
        Assert.InRange(gateway.Clock.GetUtcNow() - firstAt, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
    }

    [Fact]
    public async Task With_no_session_starts_left_it_waits_for_the_next_day()
    {
        await using var gateway = StubGateway.Start(
            configure: stub => stub.StartLimit = new { total = 1000, remaining = 0, reset_after = 7_200_000, max_concurrency = 1 });
        await Eventually.TrueAsync(() => gateway.Log.Lines.Any(line => line.Text.Contains("used up")), "the warning");

        await Eventually.TrueAsync(() => gateway.Clock.WaitingTimers > 0, "the wait");
        var begun = gateway.Clock.GetUtcNow();
        gateway.Clock.Advance(TimeSpan.FromHours(2) - TimeSpan.FromSeconds(1));
        var connection = await gateway.AcceptAsync();
        Assert.True(connection.At - begun >= TimeSpan.FromHours(2), "It connected too early.");
    }

    [Fact]
    public async Task Failures_in_a_row_wait_longer_and_longer()
    {
        await using var gateway = StubGateway.Start();
        var times = new List<DateTimeOffset>();
        for (var i = 0; i < 5; i++)
        {
            var connection = await gateway.AcceptAsync();
            times.Add(connection.At);
            connection.Abort();
        }

        var waits = times.Zip(times.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
        double[] expected = [0.75, 1.5, 3, 6];
        Assert.All(waits.Zip(expected), pair => Assert.InRange(pair.First, pair.Second, pair.Second + 0.5));
    }

    [Fact]
    public async Task A_slow_handler_holds_up_neither_heartbeats_nor_interactions()
    {
        var mayGoOn = new TaskCompletionSource();
        await using var gateway = StubGateway.Start((happened, _) => happened is GuildRoleDeleted ? mayGoOn.Task : Task.CompletedTask);
        var connection = await gateway.AcceptReadyAsync();
        await connection.DispatchAsync("GUILD_ROLE_DELETE", 2, """{"guild_id":"100","role_id":"5"}""");
        await connection.DispatchAsync("GUILD_ROLE_DELETE", 3, """{"guild_id":"100","role_id":"6"}""");
        await connection.DispatchAsync("INTERACTION_CREATE", 4, Samples.Command);
        await Eventually.TrueAsync(() => gateway.Events.OfType<InteractionCreated>().Any(), "the interaction");
        Assert.Single(gateway.Events.OfType<GuildRoleDeleted>());
        Assert.Equal(1, gateway.Client.Status.Pending);

        gateway.Clock.Advance(TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(() => connection.Heartbeats.Count == 1, "a beat");
        mayGoOn.SetResult();
        await Eventually.TrueAsync(() => gateway.Events.OfType<GuildRoleDeleted>().Count() == 2, "the rest");
    }

    [Fact]
    public async Task A_handler_that_throws_and_an_event_that_makes_no_sense_stop_nothing()
    {
        await using var gateway = StubGateway.Start((happened, _) => happened is GuildRoleDeleted { RoleId: 5 } ? throw new InvalidOperationException("no") : Task.CompletedTask);
        var connection = await gateway.AcceptReadyAsync();
        await connection.DispatchAsync("GUILD_ROLE_DELETE", 2, """{"guild_id":"100","role_id":"5"}""");
        await connection.DispatchAsync("GUILD_ROLE_DELETE", 3, """{"guild_id":"100"}""");
        await connection.DispatchAsync("GUILD_ROLE_DELETE", 4, """{"guild_id":"100","role_id":"6"}""");
        await Eventually.TrueAsync(() => gateway.Events.OfType<GuildRoleDeleted>().Count() == 2, "the rest");
        Assert.Equal(2, gateway.Log.Lines.Count(line => line.Level == LogLevel.Error));
    }

    [Fact]
    public async Task Stopping_says_goodbye_and_nothing_logged_holds_a_secret()
    {
        var gateway = StubGateway.Start();
        var connection = await gateway.AcceptReadyAsync();
        await connection.SendAsync("""{"op":7,"d":null}""");
        connection = await gateway.AcceptAsync();
        await connection.HelloAsync(40_000);
        await connection.DispatchAsync("INTERACTION_CREATE", 2, Samples.Command);
        await Eventually.TrueAsync(() => gateway.Events.OfType<InteractionCreated>().Any(), "the interaction");

        await gateway.DisposeAsync();
        await Eventually.TrueAsync(() => connection.Ended, "the end");
        Assert.Equal(1000, connection.ClosedWith);
        Assert.NotEmpty(gateway.Log.Lines);
        Assert.All(gateway.Log.Lines, line => Assert.DoesNotContain(StubGateway.Token, line.Text));
        Assert.DoesNotContain(Samples.Token, string.Join(" ", gateway.Events));
    }

    private static async Task AssertResumesAsync(StubConnection connection, long sequence)
    {
        var resume = await connection.ReceiveAsync();
        Assert.Equal(6, resume.GetProperty("op").GetInt32());
        Assert.Equal("s1", resume.GetProperty("d").GetProperty("session_id").GetString());
        Assert.Equal(StubGateway.Token, resume.GetProperty("d").GetProperty("token").GetString());
        Assert.Equal(sequence, resume.GetProperty("d").GetProperty("seq").GetInt64());
    }
}
