using System.Text.Json.Nodes;
using Rally.Testing;
using Xunit;
using static Rally.Sandbox.Tests.SandboxFixture;

namespace Rally.Sandbox.Tests;

public sealed class CommandsTest
{
    private static readonly string Root = $"applications/{Bot}/commands";

    [Fact]
    public async Task Wrong_commands_are_refused_at_the_place_that_is_wrong()
    {
        await using var sandbox = await StartAsync();
        var refused = await sandbox.RegisterAsync(new
        {
            name = "Coin",
            description = "",
            options = new object[]
            {
                new { type = 3, name = "note", description = "x" },
                new { type = 4, name = "amount", description = "x", required = true, autocomplete = true, choices = new[] { new { name = "one", value = 1 } } },
                new { type = 1, name = "sub", description = "x" },
            },
        });
        Assert.Equal((400, 50035), (refused.Status, refused.Code));
        var errors = refused["errors"]!["commands"]!["0"]!;
        Assert.Equal("APPLICATION_COMMAND_INVALID_NAME", Code(errors["name"]));
        Assert.Equal("BASE_TYPE_BAD_LENGTH", Code(errors["description"]));
        Assert.Equal("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", Code(errors["options"]));
        Assert.Equal("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", Code(errors["options"]!["1"]!["required"]));
        Assert.Equal("APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", Code(errors["options"]!["1"]!["autocomplete"]));
    }

    [Fact]
    public async Task A_command_has_25_options_and_8000_characters_at_most()
    {
        await using var sandbox = await StartAsync();
        object Option(int number) => new { type = 3, name = $"o{number}", description = "x" };
        var many = await sandbox.BotAsync("POST", Root, new { name = "many", description = "x", options = Enumerable.Range(0, 26).Select(Option) });
        Assert.Equal("BASE_TYPE_MAX_LENGTH", Code(many["errors"]!["options"]));

        var choices = Enumerable.Range(0, 25).Select(number => new { name = new string('n', 98) + number.ToString("00"), value = new string('v', 100) });
        var tooLong = await sandbox.BotAsync("POST", Root, new
        {
            name = "long",
            description = "x",
            options = Enumerable.Range(0, 2).Select(number => new { type = 3, name = $"o{number}", description = "x", choices }),
        });
        Assert.Equal("APPLICATION_COMMAND_TOO_LARGE", Code(tooLong["errors"]));
    }

    [Fact]
    public async Task Overwriting_keeps_ids_by_name_and_drops_the_rest()
    {
        await using var sandbox = await StartAsync();
        var first = await sandbox.RegisterAsync(new { name = "coin", description = "a" }, new { name = "old", description = "b" });
        var second = await sandbox.RegisterAsync(new { name = "coin", description = "changed" }, new { name = "new", description = "c" });
        Assert.Equal(["coin", "new"], second.Body!.AsArray().Select(command => (string?)command!["name"]));
        Assert.Equal((string?)first.Body![0]!["id"], (string?)second.Body![0]!["id"]);
        Assert.NotEqual((string?)first.Body![0]!["version"], (string?)second.Body![0]!["version"]);
        var twice = await sandbox.RegisterAsync(new { name = "coin", description = "a" }, new { name = "coin", description = "b" });
        Assert.Equal("APPLICATION_COMMANDS_DUPLICATE_NAME", Code(twice["errors"]!["commands"]!["1"]!["name"]));
    }

    [Fact]
    public async Task Two_hundred_creations_a_day_are_the_limit()
    {
        var clock = new FakeClock();
        await using var sandbox = await SandboxFixture.StartAsync(clock);
        for (var round = 0; round < 2; round++)
        {
            var hundred = Enumerable.Range(0, 100).Select(number => (object)new { name = $"c{round}-{number}", description = "x" }).ToArray();
            Assert.Equal(200, (await sandbox.RegisterAsync(hundred)).Status);
        }

        Assert.Equal(30034, (await sandbox.RegisterAsync(new { name = "more", description = "x" })).Code);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(200, (await sandbox.RegisterAsync(new { name = "more", description = "x" })).Status);
    }

    [Fact]
    public async Task A_global_command_is_made_changed_and_deleted()
    {
        await using var sandbox = await StartAsync();
        var made = await sandbox.BotAsync("POST", Root, new { name = "coin", description = "a", default_member_permissions = "32" });
        Assert.Equal(201, made.Status);
        Assert.Equal("b", (string?)(await sandbox.BotAsync("PATCH", $"{Root}/{made["id"]}", new { description = "b" }))["description"]);
        Assert.Single((await sandbox.BotAsync("GET", Root)).Body!.AsArray());
        Assert.Equal(204, (await sandbox.BotAsync("DELETE", $"{Root}/{made["id"]}")).Status);
        Assert.Equal(10063, (await sandbox.BotAsync("GET", $"{Root}/{made["id"]}")).Code);
    }

    [Fact]
    public async Task Commands_that_need_a_permission_show_only_to_those_who_have_it()
    {
        await using var sandbox = await StartAsync();
        await sandbox.RegisterAsync(new { name = "tier", description = "x", default_member_permissions = "32" });
        Assert.Empty((await sandbox.PageAsync("GET", $"state?memberId={Fan}"))["commands"]!.AsArray());
        Assert.Single((await sandbox.PageAsync("GET", $"state?memberId={Owner}"))["commands"]!.AsArray());
        Assert.Equal(400, (await sandbox.RunAsync(Fan, "/tier")).Status);
    }

    private static string? Code(JsonNode? errors) => (string?)errors?["_errors"]?[0]?["code"];
}
