using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rally.Bot.Demo;
using Rally.Sandbox;
using Rally.Storage;
using Rally.Testing;
using Xunit.Abstractions;

namespace Rally.Acceptance.Tests;

/// <summary>
/// kill -9 at any moment between a command, its commit, the delivery and the role: after a restart the role is what
/// the holding asks for. The sandbox outlives the process, as Discord does. RALLY_LONG=1 makes it 1,000 kills.
/// </summary>
public sealed partial class KillTests(ITestOutputHelper output)
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("RALLY_LONG") == "1" ? 1_000 : 5;

    [Theory, EachEngine]
    public async Task A_killed_process_leaves_the_role_right_after_a_restart(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var folder = new TemporaryFolder();
        await using var sandbox = await SandboxServer.StartAsync(
            new() { RateLimits = new() { Enabled = false, IdentifyInterval = TimeSpan.Zero } }, CancellationToken.None);
        using var discord = new DemoDiscord(sandbox);
        var address = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        var environment = new Dictionary<string, string>
        {
            ["Discord__Token"] = sandbox.BotToken,
            ["Discord__ApiBase"] = sandbox.DiscordApi.ToString(),
        };
        string[] serve = ["--data", folder.Path, "--store", store.Setting, "--port", $"{address.Port}"];
        var (creator, fan, gold) = (discord.MemberId("portemonnaie"), discord.MemberId("fan"), discord.RoleId("Gold"));

        await PrepareAsync(environment, serve, address, discord, creator, fan, gold);

        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var process = BotProcess.Start(environment, serve);
        try
        {
            for (var kill = 0; kill < Kills; kill++)
            {
                await process.ReadyAsync(address);
                var send = random.Next(2) == 0
                    ? SendAsync(discord, creator, fan, "60")
                    : SendAsync(discord, fan, creator, "60");
                await Task.Delay(random.Next(0, 60)); // the moment of the kill, not a wait for anything
                await process.KillAsync();
                await send;
                process.Dispose();

                process = BotProcess.Start(environment, serve);
                await process.ReadyAsync(address);
                var wanted = await HoldingAsync(discord, fan) >= 50;
                await Eventually.TrueAsync(
                    async () => await discord.HasRoleAsync(fan, gold, CancellationToken.None) == wanted,
                    $"kill {kill}: Gold is {wanted}", TimeSpan.FromSeconds(30));
            }
        }
        finally
        {
            process.Dispose();
        }
    }

    [Theory, EachEngine]
    public async Task Killed_between_delivery_and_role_the_role_comes_after_the_restart(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var folder = new TemporaryFolder();
        await using var sandbox = await SandboxServer.StartAsync(
            new() { RateLimits = new() { Enabled = false, IdentifyInterval = TimeSpan.Zero } }, CancellationToken.None);
        using var discord = new DemoDiscord(sandbox);
        var address = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        var environment = new Dictionary<string, string>
        {
            ["Discord__Token"] = sandbox.BotToken,
            ["Discord__ApiBase"] = sandbox.DiscordApi.ToString(),
        };
        string[] serve = ["--data", folder.Path, "--store", store.Setting, "--port", $"{address.Port}"];
        var (creator, fan, gold) = (discord.MemberId("portemonnaie"), discord.MemberId("fan"), discord.RoleId("Gold"));
        await PrepareAsync(environment, serve, address, discord, creator, fan, gold);

        using var http = new HttpClient { BaseAddress = sandbox.Page };
        using (var first = BotProcess.Start(environment, serve))
        {
            await first.ReadyAsync(address);
            // Discord holds every change of a role for a minute, so the process dies with the change asked for.
            var fault = new { pathPrefix = $"/guilds/{sandbox.GuildId}/members/{fan}/roles", method = "PUT", status = 500, times = 1_000, delayMs = 60_000 };
            Assert.True((await http.PostAsJsonAsync("sandbox/api/faults/rest", fault)).IsSuccessStatusCode);
            await SendAsync(discord, creator, fan, "60");
            await Eventually.TrueAsync(async () => await FaultsLeftAsync(http) < 1_000, "the role was asked for");
            await first.KillAsync();
        }

        Assert.False(await discord.HasRoleAsync(fan, gold, CancellationToken.None));
        Assert.True((await http.DeleteAsync("sandbox/api/faults")).IsSuccessStatusCode);
        using var second = BotProcess.Start(environment, serve);
        await second.ReadyAsync(address);
        await Eventually.TrueAsync(() => discord.HasRoleAsync(fan, gold, CancellationToken.None), "Gold");
    }

    private static async Task<int> FaultsLeftAsync(HttpClient http)
    {
        using var faults = JsonDocument.Parse(await http.GetStringAsync("sandbox/api/faults"));
        return faults.RootElement.GetProperty("rest").EnumerateArray().Sum(fault => fault.GetProperty("times").GetInt32());
    }

    /// <summary>As an operator and two people would: sign up, launch the coin, link, set the tier.</summary>
    private static async Task PrepareAsync(
        Dictionary<string, string> environment, string[] serve, Uri address, DemoDiscord discord, ulong creator, ulong fan, ulong gold)
    {
        string rallyId;
        using (var first = BotProcess.Start(environment, serve))
        {
            await first.ReadyAsync(address);
            await LinkAsync(discord, creator, "portemonnaie");
            await LinkAsync(discord, fan, "fan");
            using var browser = new DemoBrowser();
            await browser.OpenAsync(new Uri(address, "sign-in?returnUrl=/account"), CancellationToken.None);
            await browser.PressAsync(
                "Sign in", new Dictionary<string, string> { ["username"] = "portemonnaie", ["password"] = "long-enough-password" }, CancellationToken.None);
            rallyId = RallyId().Match(browser.Text).Value;
            await first.KillAsync();
        }

        using (var launch = BotProcess.Start(environment, ["launch-coin", "PTM", "--name", "Portemonnaie", "--creator", rallyId, "--supply", "1000000", .. serve[..4]]))
            Assert.True(await launch.ExitAsync(TimeSpan.FromSeconds(60)) == 0, launch.Output);

        using var second = BotProcess.Start(environment, serve);
        await second.ReadyAsync(address);
        Assert.Contains("PTM", await discord.RunAsync(creator, "rally", "setup", CancellationToken.None, ("symbol", "PTM")), StringComparison.Ordinal);
        var added = await discord.RunAsync(creator, "tier", "add", CancellationToken.None, ("role", $"{gold}"), ("enter", "50"), ("leave", "45"));
        Assert.Contains("45 PTM", added, StringComparison.Ordinal);
        await second.KillAsync();
    }

    private static async Task LinkAsync(DemoDiscord discord, ulong member, string name)
    {
        var link = await DemoPerson.AskForLinkAsync(discord, member, CancellationToken.None);
        await DemoPerson.FollowAsync(link!, name, name, "long-enough-password", signUp: true, CancellationToken.None);
    }

    private static async Task SendAsync(DemoDiscord discord, ulong from, ulong to, string amount)
    {
        try
        {
            await discord.RunConfirmedAsync(from, "coin", "send", CancellationToken.None, ("member", $"{to}"), ("amount", amount));
        }
        catch (DemoException)
        {
            // The process was killed before it could reply; what it committed counts.
        }
    }

    private static async Task<decimal> HoldingAsync(DemoDiscord discord, ulong member)
    {
        var reply = await discord.RunAsync(member, "coin", "balance", CancellationToken.None);
        var held = Held().Match(reply);
        return held.Success ? decimal.Parse(held.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex RallyId();

    [GeneratedRegex(@"\*\*([0-9.]+) PTM\*\*")]
    private static partial Regex Held();
}
