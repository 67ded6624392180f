using System.Text.Json.Nodes;
using Rally.Testing;
using Xunit;
using static Rally.Sandbox.Tests.SandboxFixture;

namespace Rally.Sandbox.Tests;

public sealed class InteractionsTest
{
    private static readonly object CoinCommand = new
    {
        name = "coin",
        description = "Creator coins",
        options = new object[]
        {
            new
            {
                type = 1,
                name = "send",
                description = "Send coins",
                options = new object[]
                {
                    new { type = 6, name = "member", description = "To whom", required = true },
                    new { type = 4, name = "amount", description = "How many", required = true, min_value = 1, max_value = 100 },
                    new { type = 3, name = "note", description = "Why", max_length = 10 },
                },
            },
        },
    };

    [Fact]
    public async Task A_command_reaches_the_bot_resolved_and_its_reply_the_member()
    {
        await using var sandbox = await StartAsync();
        await sandbox.RegisterAsync(CoinCommand);
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server);

        var outcome = sandbox.RunAsync(Fan, "/coin send member:@nova amount:60 note:well done");
        var interaction = await gateway.EventAsync("INTERACTION_CREATE");
        var subcommand = interaction["data"]!["options"]![0]!;
        Assert.Equal("send", (string?)subcommand["name"]);
        Assert.Equal([$"{Nova}", "60", "well done"], subcommand["options"]!.AsArray().Select(option => $"{option!["value"]}"));
        Assert.Equal("nova", (string?)interaction["data"]!["resolved"]!["users"]![$"{Nova}"]!["username"]);
        Assert.Equal($"{Fan}", (string?)interaction["member"]!["user"]!["id"]);

        Assert.Equal(204, (await sandbox.RespondAsync(interaction, new { type = 4, data = new { content = "Sent." } })).Status);
        Assert.Equal("answered", (string?)(await outcome)["state"]);
        Assert.Equal("Sent.", (string?)(await outcome)["message"]!["content"]);
        Assert.Equal(40060, (await sandbox.RespondAsync(interaction, new { type = 4, data = new { content = "Again." } })).Code);
    }

    [Fact]
    public async Task A_bot_that_is_late_finds_the_interaction_unknown()
    {
        var clock = new FakeClock();
        await using var sandbox = await SandboxFixture.StartAsync(clock);
        await sandbox.RegisterAsync(CoinCommand);
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server);

        var outcome = sandbox.RunAsync(Fan, "/coin send member:nova amount:1", waitMs: 30_000);
        var interaction = await gateway.EventAsync("INTERACTION_CREATE");
        // The deadline's timer starts right after the event is out.
        await Eventually.TrueAsync(() => clock.WaitingTimers >= 3, "the deadline and the page's wait run");
        clock.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal("failed", (string?)(await outcome)["state"]);
        var late = await sandbox.RespondAsync(interaction, new { type = 4, data = new { content = "Sorry." } });
        Assert.Equal((404, 10062), (late.Status, late.Code));
    }
}
