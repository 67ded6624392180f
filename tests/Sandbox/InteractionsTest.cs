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

    [Fact]
    public async Task A_deferred_ephemeral_reply_is_seen_by_its_member_alone_and_edited_later()
    {
        var clock = new FakeClock();
        await using var sandbox = await SandboxFixture.StartAsync(clock);
        var (gateway, interaction, outcome) = await SendCoinsAsync(sandbox);
        await using var _ = gateway;
        await sandbox.RespondAsync(interaction, new { type = 5, data = new { flags = 64 } });
        clock.Advance(TimeSpan.FromSeconds(4));

        var webhook = $"webhooks/{Bot}/{interaction["token"]}";
        Assert.Equal(128 | 64, (int)(await sandbox.BotAsync("GET", webhook + "/messages/@original"))["flags"]!);
        await sandbox.BotAsync("PATCH", webhook + "/messages/@original", new { content = "Done." });
        Assert.Equal(("answered", "Done."), ((string?)(await outcome)["state"], (string?)(await outcome)["message"]!["content"]));
        var followUp = await sandbox.BotAsync("POST", webhook, new { content = "More.", flags = 64 });
        Assert.Equal(200, followUp.Status);
        Assert.Equal(2, await MessagesSeenByAsync(sandbox, Fan));
        Assert.Equal(0, await MessagesSeenByAsync(sandbox, Nova));
        Assert.Empty((await sandbox.BotAsync("GET", $"channels/{General}/messages")).Body!.AsArray());
        Assert.Equal(204, (await sandbox.BotAsync("DELETE", $"{webhook}/messages/{followUp["id"]}")).Status);

        clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal((401, 50027), ((await sandbox.BotAsync("POST", webhook, new { content = "Late." })).Status,
            (await sandbox.BotAsync("GET", webhook + "/messages/@original")).Code));
    }

    [Theory]
    [InlineData("/coin send member:nova", "amount")]
    [InlineData("/coin send member:nova amount:101", "amount")]
    [InlineData("/coin send member:nova amount:1.5", "amount")]
    [InlineData("/coin send member:nobody amount:1", "member")]
    [InlineData("/coin send member:nova amount:1 note:much too long", "note")]
    [InlineData("/coin send", "member")]
    [InlineData("/coin", null)]
    [InlineData("/coin burn", null)]
    [InlineData("/none", null)]
    public async Task What_Discords_client_would_not_send_is_refused(string text, string? option)
    {
        await using var sandbox = await StartAsync();
        await sandbox.RegisterAsync(CoinCommand);
        var refused = await sandbox.RunAsync(Fan, text);
        Assert.Equal((400, option), (refused.Status, (string?)refused["option"]));
    }

    [Fact]
    public async Task Buttons_open_modals_and_modals_update_the_message()
    {
        await using var sandbox = await StartAsync();
        var (gateway, interaction, outcome) = await SendCoinsAsync(sandbox);
        await using var _ = gateway;
        object[] buttons = [new { type = 1, components = new object[] { new { type = 2, style = 1, label = "More", custom_id = "more" } } }];
        await sandbox.RespondAsync(interaction, new { type = 4, data = new { content = "Sent.", components = buttons } });
        var messageId = (string)(await outcome)["message"]!["id"]!;

        var pressed = sandbox.PageAsync("POST", "components", new { memberId = $"{Fan}", messageId, customId = "more" });
        var component = await gateway.EventAsync("INTERACTION_CREATE");
        Assert.Equal(("more", messageId), ((string?)component["data"]!["custom_id"], (string?)component["message"]!["id"]));
        object[] rows = [new { type = 1, components = new object[] { new { type = 4, custom_id = "amount", label = "Amount", style = 1, max_length = 3 } } }];
        await sandbox.RespondAsync(component, new { type = 9, data = new { custom_id = "m", title = "More", components = rows } });
        Assert.Equal("More", (string?)(await pressed)["modal"]!["title"]);

        object Modal(string amount) => new { memberId = $"{Fan}", interactionId = (string?)component["id"], values = new { amount } };
        Assert.Equal(400, (await sandbox.PageAsync("POST", "modals", Modal("1234"))).Status);
        var submitted = sandbox.PageAsync("POST", "modals", Modal("5"));
        var modal = await gateway.EventAsync("INTERACTION_CREATE");
        Assert.Equal((5, "5"), ((int)modal["type"]!, (string?)modal["data"]!["components"]![0]!["components"]![0]!["value"]));
        await sandbox.RespondAsync(modal, new { type = 7, data = new { content = "Sent 5 more.", components = Array.Empty<object>() } });
        Assert.Equal(messageId, (string?)(await submitted)["message"]!["id"]);
        Assert.Equal("Sent 5 more.", (string?)(await sandbox.BotAsync("GET", $"channels/{General}/messages/{messageId}"))["content"]);
    }

    [Fact]
    public async Task Autocomplete_asks_the_bot_with_what_is_typed_so_far()
    {
        await using var sandbox = await StartAsync();
        await sandbox.RegisterAsync(new { name = "coin", description = "x", options = new[] { new { type = 3, name = "symbol", description = "x", autocomplete = true, required = true } } });
        await using var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server);
        var typing = new { memberId = $"{Fan}", channelId = $"{General}", command = "coin", options = new { symbol = "PT" }, focused = "symbol" };
        var outcome = sandbox.PageAsync("POST", "autocomplete", typing);
        var interaction = await gateway.EventAsync("INTERACTION_CREATE");
        var option = interaction["data"]!["options"]![0]!;
        Assert.Equal((4, "PT", true), ((int)interaction["type"]!, (string?)option["value"], (bool)option["focused"]!));
        Assert.Equal(50035, (await sandbox.RespondAsync(interaction, new { type = 4, data = new { content = "no" } })).Code);
        await sandbox.RespondAsync(interaction, new { type = 8, data = new { choices = new[] { new { name = "PTM", value = "PTM" } } } });
        Assert.Equal("PTM", (string?)(await outcome)["choices"]![0]!["value"]);
    }

    [Fact]
    public async Task The_page_hears_of_changes_as_they_come()
    {
        await using var sandbox = await StartAsync();
        using var events = new StreamReader(await sandbox.EventsAsync(Nova));
        Assert.Equal(": connected", await events.ReadLineAsync());
        await sandbox.BotAsync("PUT", $"guilds/{Guild}/members/{Fan}/roles/{Bronze}");
        await events.ReadLineAsync();
        Assert.Equal("event: GUILD_MEMBER_UPDATE", await events.ReadLineAsync());
        Assert.StartsWith("data: {", await events.ReadLineAsync(), StringComparison.Ordinal);
    }

    private static async Task<(GatewayClient Gateway, JsonNode Interaction, Task<Answer> Outcome)> SendCoinsAsync(SandboxFixture sandbox)
    {
        await sandbox.RegisterAsync(CoinCommand);
        var gateway = await sandbox.ConnectAsync();
        await gateway.LogInAsync(sandbox.Server);
        var outcome = sandbox.RunAsync(Fan, "/coin send member:nova amount:1", waitMs: 30_000);
        return (gateway, await gateway.EventAsync("INTERACTION_CREATE"), outcome);
    }

    private static async Task<int> MessagesSeenByAsync(SandboxFixture sandbox, ulong member) =>
        (await sandbox.PageAsync("GET", $"state?memberId={member}"))["channels"]![0]!["messages"]!.AsArray().Count;
}
