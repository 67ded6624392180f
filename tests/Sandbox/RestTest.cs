using Xunit;
using static Rally.Sandbox.Tests.SandboxFixture;

namespace Rally.Sandbox.Tests;

public sealed class RestTest
{
    [Fact]
    public async Task A_wrong_token_is_unauthorized()
    {
        await using var sandbox = await StartAsync();
        using var stranger = new HttpClient();
        stranger.DefaultRequestHeaders.Add("Authorization", "Bot " + sandbox.Server.BotToken + "x");
        var refused = await Answer.ReadAsync(await stranger.GetAsync(new Uri(sandbox.Server.DiscordApi + "/users/@me")));
        Assert.Equal((401, 0, "401: Unauthorized"), (refused.Status, refused.Code, (string?)refused["message"]));
        Assert.Equal(1, sandbox.Server.Traffic.Invalid);
    }

    [Theory]
    [InlineData("GET", "nothing/here")]
    [InlineData("GET", "")]
    public async Task An_unknown_route_is_not_found(string method, string path)
    {
        await using var sandbox = await StartAsync();
        var refused = await sandbox.BotAsync(method, path);
        Assert.Equal((404, 0, "404: Not Found"), (refused.Status, refused.Code, (string?)refused["message"]));
    }

    [Fact]
    public async Task Another_host_name_for_this_address_is_refused()
    {
        await using var sandbox = await StartAsync();
        using var browser = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(sandbox.Server.Page, "/sandbox/api/state")) { Headers = { Host = "evil.example" } };
        Assert.Equal(421, (int)(await browser.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Members_are_listed_in_pages_and_found_by_name()
    {
        await using var sandbox = await StartAsync();
        var first = await sandbox.BotAsync("GET", $"guilds/{Guild}/members?limit=2");
        Assert.Equal([$"{Bot}", $"{Owner}"], first.Body!.AsArray().Select(member => (string?)member!["user"]!["id"]));
        var rest = await sandbox.BotAsync("GET", $"guilds/{Guild}/members?limit=1000&after={Owner}");
        Assert.Equal(4, rest.Body!.AsArray().Count);
        var found = await sandbox.BotAsync("GET", $"guilds/{Guild}/members/search?query=NO");
        Assert.Equal("nova", (string?)Assert.Single(found.Body!.AsArray())!["user"]!["username"]);
    }

    [Fact]
    public async Task Members_are_not_listed_without_the_privileged_intent()
    {
        await using var sandbox = await StartAsync(new SandboxOptions { ServerMembersIntent = false });
        var refused = await sandbox.BotAsync("GET", $"guilds/{Guild}/members");
        Assert.Equal((403, 50001), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task A_new_role_stands_lowest_and_cannot_hold_what_the_bot_lacks()
    {
        await using var sandbox = await StartAsync();
        var made = await sandbox.BotAsync("POST", $"guilds/{Guild}/roles", new { name = "Platinum", color = 0x112233, permissions = "0" });
        Assert.Equal(("Platinum", 1), ((string?)made["name"], (int)made["position"]!));
        Assert.Equal(["@everyone", "Platinum", "Bronze", "Silver", "Gold", "Rally Bot", "Admin"], sandbox.Server.Roles.Select(role => role.Name));

        var id = (string)made["id"]!;
        Assert.Equal(50013, (await sandbox.BotAsync("PATCH", $"guilds/{Guild}/roles/{id}", new { permissions = "8" })).Code);
        var moved = await sandbox.BotAsync("PATCH", $"guilds/{Guild}/roles", new[] { new { id, position = 4 } });
        Assert.Equal(200, moved.Status);
        Assert.Equal(["@everyone", "Bronze", "Silver", "Gold", "Platinum", "Rally Bot", "Admin"], sandbox.Server.Roles.Select(role => role.Name));
        Assert.Equal(50013, (await sandbox.BotAsync("PATCH", $"guilds/{Guild}/roles", new[] { new { id, position = 6 } })).Code);
        Assert.Equal(204, (await sandbox.BotAsync("DELETE", $"guilds/{Guild}/roles/{id}")).Status);
        Assert.Equal(50013, (await sandbox.BotAsync("DELETE", $"guilds/{Guild}/roles/{Admin}")).Code);
    }

    [Fact]
    public async Task A_message_can_be_sent_edited_and_deleted_within_limits()
    {
        await using var sandbox = await StartAsync();
        var path = $"channels/{General}/messages";
        var sent = await sandbox.BotAsync("POST", path, new { content = $"<@{Fan}> and <@{Nova}>", allowed_mentions = new { parse = Array.Empty<string>(), users = new[] { $"{Nova}" } } });
        Assert.Equal("nova", (string?)Assert.Single(sent["mentions"]!.AsArray())!["username"]);
        Assert.Equal("edited", (string?)(await sandbox.BotAsync("PATCH", $"{path}/{sent["id"]}", new { content = "edited" }))["content"]);
        Assert.Equal(204, (await sandbox.BotAsync("DELETE", $"{path}/{sent["id"]}")).Status);
        Assert.Equal(10008, (await sandbox.BotAsync("GET", $"{path}/{sent["id"]}")).Code);

        Assert.Equal(50006, (await sandbox.BotAsync("POST", path, new { content = " " })).Code);
        var tooLong = await sandbox.BotAsync("POST", path, new { content = new string('a', 2001) });
        Assert.Equal(50035, tooLong.Code);
        Assert.Equal("BASE_TYPE_MAX_LENGTH", (string?)tooLong["errors"]!["content"]!["_errors"]![0]!["code"]);
        var theirs = await sandbox.PageAsync("POST", "messages", new { memberId = $"{Fan}", channelId = $"{General}", content = "hi" });
        Assert.Equal(50005, (await sandbox.BotAsync("PATCH", $"{path}/{theirs["id"]}", new { content = "x" })).Code);
        Assert.Equal(50013, (await sandbox.BotAsync("DELETE", $"{path}/{theirs["id"]}")).Code);
    }

    [Fact]
    public async Task A_direct_message_reaches_only_its_member()
    {
        await using var sandbox = await StartAsync();
        var direct = await sandbox.BotAsync("POST", "users/@me/channels", new { recipient_id = $"{Fan}" });
        Assert.Equal(200, (await sandbox.BotAsync("POST", $"channels/{direct["id"]}/messages", new { content = "psst" })).Status);
        Assert.Equal(3, (await sandbox.PageAsync("GET", $"state?memberId={Fan}"))["channels"]!.AsArray().Count);
        Assert.Equal(2, (await sandbox.PageAsync("GET", $"state?memberId={Nova}"))["channels"]!.AsArray().Count);
    }
}
