using Xunit;
using static Rally.Sandbox.Tests.SandboxFixture;

namespace Rally.Sandbox.Tests;

public sealed class FaultsTest
{
    [Fact]
    public async Task The_next_matching_requests_fail_as_told()
    {
        await using var sandbox = await StartAsync();
        await sandbox.PageAsync("POST", "faults/rest", new { pathPrefix = $"/guilds/{Guild}/members", method = "PUT", status = 429, times = 2, retryAfterSeconds = 0.5 });
        Assert.Equal(200, (await sandbox.BotAsync("GET", $"guilds/{Guild}/members/{Fan}")).Status);
        for (var i = 0; i < 2; i++)
        {
            var refused = await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}");
            Assert.Equal((429, 0.5m, "1"), (refused.Status, (decimal)refused["retry_after"]!, refused.Headers["Retry-After"]));
        }

        Assert.Equal(204, (await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}")).Status);
        await sandbox.PageAsync("POST", "faults/rest", new { pathPrefix = "/", status = 500 });
        Assert.Equal(500, (await sandbox.BotAsync("GET", "users/@me")).Status);
        Assert.Equal(400, (await sandbox.PageAsync("POST", "faults/rest", new { pathPrefix = "/", status = 200 })).Status);
    }

    [Fact]
    public async Task Gateway_connections_can_be_dropped_closed_and_told_to_go()
    {
        await using var sandbox = await StartAsync();
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server);
        await ActAsync(sandbox, new { action = "requestHeartbeat" });
        await gateway.OpcodeAsync(1);
        await ActAsync(sandbox, new { action = "reconnect" });
        await gateway.OpcodeAsync(7);
        await ActAsync(sandbox, new { action = "close", closeCode = 4000 });
        Assert.Equal(4000, await gateway.ClosedAsync());

        await using var second = await sandbox.ConnectAsync();
        await second.LogInAsync(sandbox.Server);
        await ActAsync(sandbox, new { action = "drop" });
        Assert.Null(await second.ClosedAsync());

        await using var third = await sandbox.ConnectAsync();
        await third.LogInAsync(sandbox.Server);
        await ActAsync(sandbox, new { action = "ignoreHeartbeats" });
        await third.SendAsync(1, null);
        await ActAsync(sandbox, new { action = "invalidate" });
        // INVALID_SESSION comes without an ACK before it.
        Assert.Equal(9, (int)(await third.NextAsync())!["op"]!);
        Assert.Equal(400, (await sandbox.PageAsync("POST", "faults/gateway", new { action = "explode" })).Status);
    }

    private static async Task ActAsync(SandboxFixture sandbox, object action) =>
        Assert.Equal(200, (await sandbox.PageAsync("POST", "faults/gateway", action)).Status);
}
