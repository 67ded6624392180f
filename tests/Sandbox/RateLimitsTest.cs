using System.Globalization;
using Rally.Testing;
using Xunit;
using static Rally.Sandbox.Tests.SandboxFixture;

namespace Rally.Sandbox.Tests;

public sealed class RateLimitsTest
{
    [Fact]
    public async Task The_eleventh_change_of_roles_in_a_window_is_refused_until_it_ends()
    {
        var clock = new FakeClock();
        await using var sandbox = await StartAsync(clock, new());
        var path = $"guilds/{Guild}/members/{Fan}/roles/{Bronze}";
        for (var left = 9; left >= 0; left--)
        {
            var passed = await sandbox.BotAsync(left % 2 == 0 ? "PUT" : "DELETE", path);
            Assert.Equal((204, $"{left}"), (passed.Status, passed.Headers["X-RateLimit-Remaining"]));
        }

        clock.Advance(TimeSpan.FromSeconds(4));
        var refused = await sandbox.BotAsync("PUT", path);
        Assert.Equal(429, refused.Status);
        Assert.Equal(6m, (decimal)refused["retry_after"]!);
        Assert.False((bool)refused["global"]!);
        Assert.Equal(("6", "user", "10", "6.000"), (refused.Headers["Retry-After"], refused.Headers["X-RateLimit-Scope"],
            refused.Headers["X-RateLimit-Limit"], refused.Headers["X-RateLimit-Reset-After"]));
        Assert.Equal(clock.GetUtcNow().AddSeconds(6).ToUnixTimeMilliseconds(),
            (long)(decimal.Parse(refused.Headers["X-RateLimit-Reset"], CultureInfo.InvariantCulture) * 1000));
        Assert.Equal((11, 1), (sandbox.Server.Traffic.Requests, sandbox.Server.Traffic.RateLimited));

        clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(204, (await sandbox.BotAsync("PUT", path)).Status);
    }

    [Fact]
    public async Task Routes_have_buckets_of_their_own()
    {
        await using var sandbox = await StartAsync(new FakeClock(), new());
        var roles = await sandbox.BotAsync("GET", $"guilds/{Guild}/roles");
        var channels = await sandbox.BotAsync("GET", $"guilds/{Guild}/channels");
        Assert.NotEqual(roles.Headers["X-RateLimit-Bucket"], channels.Headers["X-RateLimit-Bucket"]);
        Assert.Equal("4", channels.Headers["X-RateLimit-Remaining"]);
    }

    [Fact]
    public async Task The_whole_bot_has_fifty_a_second_but_interactions_do_not_count()
    {
        var clock = new FakeClock();
        await using var sandbox = await StartAsync(clock, new() { OtherRoutes = 1_000 });
        for (var i = 0; i < 50; i++)
            Assert.Equal(200, (await sandbox.BotAsync("GET", "users/@me")).Status);

        var refused = await sandbox.BotAsync("GET", "users/@me");
        Assert.Equal((429, "global", "true"), (refused.Status, refused.Headers["X-RateLimit-Scope"], refused.Headers["X-RateLimit-Global"]));
        Assert.True((bool)refused["global"]!);
        Assert.Equal(10062, (await sandbox.BotAsync("POST", "interactions/1/x/callback", new { type = 4 })).Code);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await sandbox.BotAsync("GET", "users/@me")).Status);
    }

    [Fact]
    public async Task Limits_can_be_switched_off()
    {
        await using var sandbox = await StartAsync(new FakeClock());
        for (var i = 0; i < 60; i++)
        {
            var answer = await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}");
            Assert.Equal(204, answer.Status);
            Assert.DoesNotContain("X-RateLimit-Limit", answer.Headers.Keys);
        }
    }
}
