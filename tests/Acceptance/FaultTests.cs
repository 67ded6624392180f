using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>Discord failing in every way the sandbox knows: the role still ends right, without a storm of requests.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    public async Task A_role_is_given_after_discord_failed_at_it(int status)
    {
        await using var town = await TownWithFanAsync();
        var before = town.Sandbox.Traffic.Requests;
        await town.FaultAsync(new { pathPrefix = $"/guilds/{town.Sandbox.GuildId}/members/{town.Fan}/roles", method = "PUT", status, times = 3, retryAfterSeconds = 0.2 });
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true, TimeSpan.FromSeconds(60));
        await town.SettledAsync();
        Assert.InRange(town.Sandbox.Traffic.Invalid, 0, 3);
        // Polling of this test included: some thousands would be a storm of the bot's.
        Assert.InRange(town.Sandbox.Traffic.Requests - before, 1, 3_000);
    }

    [Theory]
    [InlineData("drop", 0)]
    [InlineData("reconnect", 0)]
    [InlineData("invalidate", 0)]
    [InlineData("close", 4000)]
    [InlineData("close", 4009)]
    public async Task Roles_are_right_and_commands_answered_after_the_gateway_broke(string action, int closeCode)
    {
        await using var town = await TownWithFanAsync();
        await town.FaultAsync(new { action, closeCode = closeCode == 0 ? 4000 : closeCode }, "faults/gateway");
        var token = await town.Inside<Bot.Linking.FanTokens>().GetAsync(town.Creator, CancellationToken.None);
        await SendOverApiAsync(town, token!, "60");
        await town.RoleBecomesAsync(town.Fan, true, TimeSpan.FromSeconds(60));

        await Eventually.TrueAsync(async () =>
        {
            try
            {
                return (await town.RunAsync(town.Fan, "coin", "balance")).Contains("60 PTM", StringComparison.Ordinal);
            }
            catch (Bot.Demo.DemoException)
            {
                return false; // "The application did not respond": not back yet
            }
        }, "commands are answered again", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_role_taken_by_hand_comes_back_and_one_given_by_hand_goes()
    {
        await using var town = await TownWithFanAsync();
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        await town.SettledAsync();
        using var http = new HttpClient();
        var role = new Uri(town.Sandbox.Page, $"sandbox/api/members/{town.Fan}/roles/{town.Gold}");
        Assert.True((await http.DeleteAsync(role)).IsSuccessStatusCode);
        await town.RoleBecomesAsync(town.Fan, true);

        await town.SendAsync(town.Fan, town.Creator, "60");
        await town.RoleBecomesAsync(town.Fan, false);
        await town.SettledAsync();
        Assert.True((await http.PutAsync(role, null)).IsSuccessStatusCode);
        await town.RoleBecomesAsync(town.Fan, false);
    }

    [Fact]
    public async Task A_role_costs_discord_one_look_and_one_change()
    {
        await using var town = await TownWithFanAsync();
        // Once there and back first: then the roles of the server are known.
        await town.SendAsync(town.Creator, town.Fan, "60");
        await Eventually.TrueAsync(() => town.ShowsGoldAsync(town.Fan), "Gold");
        await town.SendAsync(town.Fan, town.Creator, "60");
        await Eventually.TrueAsync(async () => !await town.ShowsGoldAsync(town.Fan), "Gold gone");
        await town.SettledAsync();
        var before = town.Sandbox.Traffic.Requests;
        await town.SendAsync(town.Creator, town.Fan, "60");
        await Eventually.TrueAsync(() => town.ShowsGoldAsync(town.Fan), "Gold");
        await town.SettledAsync();
        // The question and its answer, each acknowledged and then written, a look at each of the two members, and the change; its echo
        // asks for no more.
        Assert.InRange(town.Sandbox.Traffic.Requests - before, 5, 7);
    }

    [Fact]
    public async Task Someone_who_never_linked_keeps_a_role_that_others_gave()
    {
        await using var town = await TownWithFanAsync();
        var nova = town.Discord.MemberId("nova");
        using var http = new HttpClient();
        Assert.True((await http.PutAsync(new Uri(town.Sandbox.Page, $"sandbox/api/members/{nova}/roles/{town.Gold}"), null)).IsSuccessStatusCode);
        await town.StopBotAsync();
        await town.StartBotAsync();
        await town.SettledAsync();
        Assert.True(await town.HasAsync(nova, town.Gold));
    }

    [Fact]
    public async Task A_role_raised_above_the_bot_is_refused_once_with_the_reason_and_given_when_lowered()
    {
        await using var town = await TownWithFanAsync();
        await MoveGoldAsync(town, position: 5);
        await town.SettledAsync();
        var invalidBefore = town.Sandbox.Traffic.Invalid;
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.SendAsync(town.Creator, town.Fan, "1");
        await town.SettledAsync();
        Assert.False(await town.HasAsync(town.Fan, town.Gold));
        Assert.Equal(invalidBefore, town.Sandbox.Traffic.Invalid); // the hierarchy was looked at before asking
        var why = await town.RunAsync(town.Creator, "tier", "why", ("member", $"{town.Fan}"));
        Assert.Single(why.Split('\n'), line => line.Contains("not possible", StringComparison.Ordinal));
        Assert.Contains("drag the bot's role above Gold", why, StringComparison.Ordinal);

        await MoveGoldAsync(town, position: 1);
        await town.RoleBecomesAsync(town.Fan, true);
    }

    [Fact]
    public async Task Nothing_is_taken_while_the_network_cannot_be_read()
    {
        await using var town = await TownWithFanAsync(Engine.Sqlite);
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        await town.SettledAsync();

        var discord = town.Inside<Bot.Roles.DirtyMembers>();
        town.Network.IsUnreachable = true;
        await discord.MarkAsync(town.Sandbox.GuildId, town.Fan, "a test", CancellationToken.None);
        await Eventually.TrueAsync(() => town.Network.Refused > 0, "the network was asked in vain");
        Assert.True(await town.HasAsync(town.Fan, town.Gold));
        town.Network.IsUnreachable = false;
        await town.SettledAsync();
        Assert.True(await town.HasAsync(town.Fan, town.Gold));
    }

    [Fact]
    public async Task A_member_who_leaves_and_rejoins_gets_the_role_back()
    {
        await using var town = await TownWithFanAsync();
        var fan = town.Fan;
        await town.SendAsync(town.Creator, fan, "60");
        await town.RoleBecomesAsync(fan, true);
        await town.SettledAsync();
        using var http = new HttpClient();
        Assert.True((await http.DeleteAsync(new Uri(town.Sandbox.Page, $"sandbox/api/members/{fan}"))).IsSuccessStatusCode);
        await town.RejoinAsync(fan);
        await town.RoleBecomesAsync(fan, true);
    }

    [Fact]
    public async Task Under_discords_own_rate_limits_everybody_ends_right()
    {
        await using var town = await TownWithFanAsync(limits: true);
        var fans = new List<ulong>();
        for (var i = 0; i < 4; i++)
            fans.Add(await town.NewLinkedFanAsync());
        foreach (var fan in fans)
            await town.SendAsync(town.Creator, fan, "60");
        foreach (var fan in fans)
            await Eventually.TrueAsync(() => town.ShowsGoldAsync(fan), "Gold", TimeSpan.FromSeconds(90));
        Assert.InRange(town.Sandbox.Traffic.RateLimited, 0, 5);
    }

    private static async Task<Town> TownWithFanAsync(Engine engine = Engine.Sqlite, bool limits = false)
    {
        var town = await Town.WithGoldTierAsync(engine, limits: limits);
        await town.LinkAsync(town.Fan, "fan");
        return town;
    }

    private static async Task MoveGoldAsync(Town town, int position)
    {
        using var http = new HttpClient();
        using var answer = await http.PatchAsync(
            new Uri(town.Sandbox.Page, $"sandbox/api/roles/{town.Gold}"), System.Net.Http.Json.JsonContent.Create(new { position }));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task SendOverApiAsync(Town town, string token, string amount)
    {
        var links = town.Inside<Bot.Linking.Links>();
        var from = (await links.FindAsync(town.Creator, CancellationToken.None))!.RallyId;
        var to = (await links.FindAsync(town.Fan, CancellationToken.None))!.RallyId;
        Assert.True(Ledger.Amounts.Amount.TryParse(amount, out var parsed));
        var sent = await town.Inside<Bot.Network.RallyClient>().SendCoinsAsync(
            token, Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), from, to, "PTM", parsed, null, CancellationToken.None);
        Assert.IsType<Bot.Network.SendAnswer.Sent>(sent);
    }
}
