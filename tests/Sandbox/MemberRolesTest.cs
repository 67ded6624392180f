using Xunit;
using static Rally.Sandbox.Tests.SandboxFixture;

namespace Rally.Sandbox.Tests;

public sealed class MemberRolesTest
{
    [Fact]
    public async Task A_role_given_and_taken_is_told_and_audited()
    {
        await using var sandbox = await StartAsync();
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server);

        var given = await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}", null, ("X-Audit-Log-Reason", "holds%2060%20PTM%20%E2%9C%93"));
        Assert.Equal(204, given.Status);
        var update = await gateway.EventAsync("GUILD_MEMBER_UPDATE");
        Assert.Equal($"{Fan}", (string?)update["user"]!["id"]);
        Assert.Equal($"{Bronze}", (string?)Assert.Single(update["roles"]!.AsArray()));

        Assert.Equal(204, (await sandbox.BotAsync("DELETE", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}")).Status);
        Assert.Empty((await gateway.EventAsync("GUILD_MEMBER_UPDATE"))["roles"]!.AsArray());

        var log = await sandbox.BotAsync("GET", $"guilds/{Guild}/audit-logs?action_type=25");
        var entries = log["audit_log_entries"]!.AsArray();
        Assert.Equal(["$remove", "$add"], entries.Select(entry => (string?)entry!["changes"]![0]!["key"]));
        Assert.Equal("holds 60 PTM ✓", (string?)entries[1]!["reason"]);
    }

    [Fact]
    public async Task A_role_given_twice_is_told_once()
    {
        await using var sandbox = await StartAsync();
        for (var i = 0; i < 2; i++)
            Assert.Equal(204, (await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}")).Status);

        var log = await sandbox.BotAsync("GET", $"guilds/{Guild}/audit-logs");
        Assert.Single(log["audit_log_entries"]!.AsArray());
    }

    [Theory]
    [InlineData(Admin, 403, 50013)]
    [InlineData(BotRole, 403, 50013)]
    [InlineData(Guild, 400, 50028)]
    [InlineData(42UL, 404, 10011)]
    public async Task Only_roles_below_its_own_can_be_granted(ulong role, int status, int code)
    {
        await using var sandbox = await StartAsync();
        var refused = await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{role}");
        Assert.Equal((status, code), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task What_is_not_there_is_refused_with_its_own_code()
    {
        await using var sandbox = await StartAsync();
        Assert.Equal(10004, (await sandbox.BotAsync("PUT", $"guilds/7/members/{Fan}/roles/{Bronze}")).Code);
        Assert.Equal(10013, (await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/7/roles/{Bronze}")).Code);
        Assert.Equal(200, (await sandbox.PageAsync("DELETE", $"members/{Fan}")).Status);
        Assert.Equal(10007, (await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}")).Code);
    }

    [Fact]
    public async Task A_bot_without_Manage_Roles_grants_nothing()
    {
        await using var sandbox = await StartAsync();
        Assert.Equal(200, (await sandbox.BotAsync("PATCH", $"guilds/{Guild}/roles/{Bronze}", new { name = "Copper" })).Status);
        Assert.Equal(200, (await sandbox.PageAsync("PATCH", $"roles/{BotRole}", new { permissions = "0" })).Status);
        Assert.Equal(50013, (await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}")).Code);
    }

    [Fact]
    public async Task Setting_the_whole_list_gives_and_takes()
    {
        await using var sandbox = await StartAsync();
        await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}");
        var edited = await sandbox.BotAsync("PATCH", $"guilds/{Guild}/members/{Fan}", new { roles = new[] { $"{Silver}" } });
        Assert.Equal($"{Silver}", (string?)Assert.Single(edited["roles"]!.AsArray()));

        var refused = await sandbox.BotAsync("PATCH", $"guilds/{Guild}/members/{Fan}", new { roles = new[] { $"{Admin}" } });
        Assert.Equal(50013, refused.Code);
        var after = await sandbox.BotAsync("GET", $"guilds/{Guild}/members/{Fan}");
        Assert.Equal($"{Silver}", (string?)Assert.Single(after["roles"]!.AsArray()));
    }
}
