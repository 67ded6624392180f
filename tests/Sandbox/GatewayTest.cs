using System.Text.Json.Nodes;
using Rally.Testing;
using Xunit;
using static Rally.Sandbox.Tests.SandboxFixture;

namespace Rally.Sandbox.Tests;

public sealed class GatewayTest
{
    [Fact]
    public async Task A_session_begins_with_the_guild()
    {
        await using var sandbox = await StartAsync();
        await using var gateway = await sandbox.ConnectAsync();
        Assert.Equal(41_250, (int)(await gateway.OpcodeAsync(10))!["heartbeat_interval"]!);
        await gateway.IdentifyAsync(sandbox.Server);
        var ready = await gateway.EventAsync("READY");
        Assert.Equal((10, $"{Bot}"), ((int)ready["v"]!, (string?)ready["user"]!["id"]));
        Assert.True((bool)ready["guilds"]![0]!["unavailable"]!);
        var guild = await gateway.EventAsync("GUILD_CREATE");
        Assert.Equal((6, 6, 2), (guild["roles"]!.AsArray().Count, guild["members"]!.AsArray().Count, guild["channels"]!.AsArray().Count));
        await gateway.SendAsync(1, gateway.Sequence);
        await gateway.OpcodeAsync(11);
    }

    [Fact]
    public async Task A_lost_connection_resumes_with_what_it_missed()
    {
        await using var sandbox = await StartAsync();
        string sessionId;
        long sequence;
        await using (var lost = await sandbox.ConnectAsync())
        {
            sessionId = (string)(await lost.LogInAsync(sandbox.Server))["session_id"]!;
            sequence = lost.Sequence;
            lost.Vanish();
        }

        await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}");
        await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Nova}/roles/{Silver}");
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.OpcodeAsync(10);
        await gateway.SendAsync(6, new { token = sandbox.Server.BotToken, session_id = sessionId, seq = sequence });
        Assert.Equal($"{Fan}", (string?)(await gateway.EventAsync("GUILD_MEMBER_UPDATE"))["user"]!["id"]);
        Assert.Equal($"{Nova}", (string?)(await gateway.EventAsync("GUILD_MEMBER_UPDATE"))["user"]!["id"]);
        await gateway.EventAsync("RESUMED");
        Assert.Equal(sequence + 3, gateway.Sequence);
    }

    [Fact]
    public async Task An_unknown_session_and_a_sequence_from_the_future_do_not_resume()
    {
        await using var sandbox = await StartAsync();
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.SendAsync(6, new { token = sandbox.Server.BotToken, session_id = "none", seq = 1 });
        Assert.False((bool)(await gateway.OpcodeAsync(9))!);
        var sessionId = (string)(await LogInOnAsync(gateway, sandbox))["session_id"]!;
        await using var second = await sandbox.ConnectAsync();
        await second.SendAsync(6, new { token = sandbox.Server.BotToken, session_id = sessionId, seq = 999 });
        Assert.Equal(4007, await second.ClosedAsync());
    }

    [Theory]
    [InlineData("""{"op":2,"d":{"token":"no","intents":1,"properties":{}}}""", 4004)]
    [InlineData("""{"op":3,"d":{}}""", 4003)]
    [InlineData("""{"op":77}""", 4001)]
    [InlineData("nonsense", 4002)]
    [InlineData("""{"op":2,"d":{"token":"TOKEN","intents":1073741824,"properties":{}}}""", 4013)]
    [InlineData("""{"op":2,"d":{"token":"TOKEN","intents":2,"properties":{}}}""", 4014)]
    [InlineData("""{"op":2,"d":{"token":"TOKEN","intents":1,"shard":[3,2],"properties":{}}}""", 4010)]
    public async Task Each_mistake_has_its_close_code(string payload, int code)
    {
        await using var sandbox = await StartAsync(new SandboxOptions { ServerMembersIntent = false });
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.SendRawAsync(payload.Replace("TOKEN", sandbox.Server.BotToken, StringComparison.Ordinal));
        Assert.Equal(code, await gateway.ClosedAsync());
    }

    [Fact]
    public async Task Identifying_twice_and_another_version_are_refused()
    {
        await using var sandbox = await StartAsync();
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server);
        await gateway.IdentifyAsync(sandbox.Server);
        Assert.Equal(4005, await gateway.ClosedAsync());
        await using var old = await GatewayClient.ConnectAsync(sandbox.Server, "?v=6&encoding=json");
        Assert.Equal(4012, await old.ClosedAsync());
    }

    [Fact]
    public async Task A_client_that_stops_its_heartbeats_is_closed_and_its_session_gone()
    {
        var clock = new FakeClock();
        await using var sandbox = await SandboxFixture.StartAsync(clock);
        await using var gateway = await sandbox.ConnectAsync();
        var ready = await gateway.LogInAsync(sandbox.Server);
        clock.Advance(TimeSpan.FromSeconds(80));
        await gateway.SendAsync(1, gateway.Sequence);
        await gateway.OpcodeAsync(11);
        clock.Advance(TimeSpan.FromSeconds(80));
        await gateway.SendAsync(1, gateway.Sequence);
        await gateway.OpcodeAsync(11);
        clock.Advance(TimeSpan.FromSeconds(83));
        Assert.Equal(4009, await gateway.ClosedAsync());

        await using var next = await sandbox.ConnectAsync();
        await next.SendAsync(6, new { token = sandbox.Server.BotToken, session_id = (string?)ready["session_id"], seq = 1 });
        Assert.False((bool)(await next.OpcodeAsync(9))!);
    }

    [Fact]
    public async Task The_hundred_and_twenty_first_send_in_a_minute_closes()
    {
        await using var sandbox = await StartAsync(new FakeClock(), new());
        await using var gateway = await sandbox.ConnectAsync();
        for (var i = 0; i < 121; i++)
            await gateway.SendAsync(1, null);
        Assert.Equal(4008, await gateway.ClosedAsync());
    }

    [Fact]
    public async Task A_second_identify_within_five_seconds_is_an_invalid_session()
    {
        var clock = new FakeClock();
        await using var sandbox = await StartAsync(clock, new());
        await using var first = await sandbox.ConnectAsync();
        await first.LogInAsync(sandbox.Server);
        await using var second = await sandbox.ConnectAsync();
        await second.IdentifyAsync(sandbox.Server);
        Assert.False((bool)(await second.OpcodeAsync(9))!);
        clock.Advance(TimeSpan.FromSeconds(5));
        await LogInOnAsync(second, sandbox);
        var budget = (await sandbox.BotAsync("GET", "gateway/bot"))["session_start_limit"]!;
        Assert.Equal((1_000, 998), ((int)budget["total"]!, (int)budget["remaining"]!));
    }

    [Fact]
    public async Task Without_the_intents_members_are_neither_told_nor_listed()
    {
        await using var sandbox = await StartAsync();
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.OpcodeAsync(10);
        await gateway.IdentifyAsync(sandbox.Server, intents: 1);
        Assert.Single((await gateway.EventAsync("GUILD_CREATE"))["members"]!.AsArray());
        var before = gateway.Sequence;
        await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}");
        await sandbox.BotAsync("PATCH", $"guilds/{Guild}/roles/{Bronze}", new { name = "Copper" });
        await gateway.EventAsync("GUILD_ROLE_UPDATE");
        Assert.Equal(before + 1, gateway.Sequence);
    }

    [Fact]
    public async Task Members_are_sent_in_chunks_and_all_of_them_once_in_thirty_seconds()
    {
        await using var sandbox = await StartAsync(new FakeClock(), new());
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server);
        await gateway.SendAsync(8, new { guild_id = $"{Guild}", query = "", limit = 0, nonce = "n" });
        var chunk = await gateway.EventAsync("GUILD_MEMBERS_CHUNK");
        Assert.Equal((6, 1, "n"), (chunk["members"]!.AsArray().Count, (int)chunk["chunk_count"]!, (string?)chunk["nonce"]));
        await gateway.SendAsync(8, new { guild_id = $"{Guild}", user_ids = new[] { $"{Fan}", "7" } });
        chunk = await gateway.EventAsync("GUILD_MEMBERS_CHUNK");
        Assert.Equal("7", (string?)Assert.Single(chunk["not_found"]!.AsArray()));
        await gateway.SendAsync(8, new { guild_id = $"{Guild}", query = "", limit = 0 });
        Assert.Equal(8, (int)(await gateway.EventAsync("RATE_LIMITED"))["opcode"]!);
    }

    [Fact]
    public async Task Who_leaves_and_returns_has_no_roles_any_more()
    {
        await using var sandbox = await StartAsync();
        await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}");
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server);
        await sandbox.PageAsync("DELETE", $"members/{Fan}");
        Assert.Equal($"{Fan}", (string?)(await gateway.EventAsync("GUILD_MEMBER_REMOVE"))["user"]!["id"]);
        await sandbox.PageAsync("POST", "members", new { memberId = $"{Fan}" });
        Assert.Empty((await gateway.EventAsync("GUILD_MEMBER_ADD"))["roles"]!.AsArray());
    }

    [Theory]
    [InlineData(1 | 1 << 9, "")]
    [InlineData(1 | 1 << 9 | 1 << 15, "hello")]
    public async Task What_members_write_is_hidden_without_its_intent(int intents, string content)
    {
        await using var sandbox = await StartAsync();
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server, intents);
        await sandbox.PageAsync("POST", "messages", new { memberId = $"{Fan}", channelId = $"{General}", content = "hello" });
        Assert.Equal(content, (string?)(await gateway.EventAsync("MESSAGE_CREATE"))["content"]);
    }

    private static async Task<JsonNode> LogInOnAsync(GatewayClient gateway, SandboxFixture sandbox)
    {
        await gateway.IdentifyAsync(sandbox.Server);
        return await gateway.EventAsync("READY");
    }
}
