using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rally.Bot.Demo;
using Rally.Bot.Hosting;
using Rally.Bot.Linking;
using Rally.Sandbox;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>The network in one process, the bot in another, as two operators would have them.</summary>
public sealed partial class RemoteTests
{
    [Theory, EachEngine]
    public async Task Killed_between_commit_and_delivery_the_role_comes_after_the_restart(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        using var networkFolder = new TemporaryFolder();
        using var botFolder = new TemporaryFolder();
        var networkUrl = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        var botUrl = new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        string[] own = ["--data", networkFolder.Path, "--store", store.Setting];
        string[] serve = [.. own, "--port", $"{networkUrl.Port}"];
        // The bot is on this machine, so the network must be told that its address is meant.
        var trusting = new Dictionary<string, string> { ["Webhooks__TrustedOrigins__0"] = botUrl.GetLeftPart(UriPartial.Authority) };

        var registered = await RunAsync(["register-client", "far-bot", "--name", "Far Bot", "--owner", "someone", "--public-url", botUrl.ToString(), .. own]);
        var secret = ClientSecret().Match(registered).Groups[1].Value;

        await using var sandbox = await SandboxServer.StartAsync(
            new() { RateLimits = new() { Enabled = false, IdentifyInterval = TimeSpan.Zero } }, CancellationToken.None);
        using var discord = new DemoDiscord(sandbox);
        var (creator, fan, gold) = (discord.MemberId("portemonnaie"), discord.MemberId("fan"), discord.RoleId("Gold"));
        var settings = new Dictionary<string, string?>
        {
            ["Data"] = botFolder.Path,
            ["Store"] = $"sqlite:{Path.Combine(botFolder.Path, "bot.db")}",
            ["Listen"] = botUrl.ToString(),
            ["Network:Mode"] = "Remote",
            ["Network:Url"] = networkUrl.ToString(),
            ["Network:ClientId"] = "far-bot",
            ["Network:ClientSecret"] = secret,
            ["Discord:Token"] = sandbox.BotToken,
            ["Discord:ApiBase"] = sandbox.DiscordApi.ToString(),
        };

        string token;
        Link from, to;
        var network = BotProcess.Start(trusting, serve);
        await network.ReadyAsync(networkUrl);
        await using (var bot = await StartBotAsync(settings))
        {
            foreach (var (member, name) in new[] { (creator, "portemonnaie"), (fan, "fan") })
            {
                var link = await DemoPerson.AskForLinkAsync(discord, member, CancellationToken.None);
                Assert.Equal(botUrl.Port, link!.Port);
                await DemoPerson.FollowAsync(link, name, name, "long-enough-password", signUp: true, CancellationToken.None);
            }

            from = (await bot.Services.GetRequiredService<Links>().FindAsync(creator, CancellationToken.None))!;
            to = (await bot.Services.GetRequiredService<Links>().FindAsync(fan, CancellationToken.None))!;
            await network.KillAsync();
            await RunAsync(["launch-coin", "PTM", "--name", "Portemonnaie", "--creator", $"{from.RallyId}", "--supply", "1000", .. own]);
            network.Dispose();
            network = BotProcess.Start(trusting, serve);
            await network.ReadyAsync(networkUrl);
            await discord.RunAsync(creator, "rally", "setup", CancellationToken.None, ("symbol", "PTM"));
            var added = await discord.RunAsync(creator, "tier", "add", CancellationToken.None, ("role", $"{gold}"), ("enter", "50"));
            Assert.Contains("50 PTM", added, StringComparison.Ordinal);
            token = (await bot.Services.GetRequiredService<FanTokens>().GetAsync(creator, CancellationToken.None))!;
            await bot.StopAsync();
        }

        // The bot is away, so what is committed now cannot be delivered before the kill.
        await TransferAsync(networkUrl, token, from.RallyId, to.RallyId);
        await network.KillAsync();
        network.Dispose();

        network = BotProcess.Start(trusting, serve);
        try
        {
            await network.ReadyAsync(networkUrl);
            await using var bot = await StartBotAsync(settings);
            await Eventually.TrueAsync(() => discord.HasRoleAsync(fan, gold, CancellationToken.None), "Gold", TimeSpan.FromSeconds(30));
            await bot.StopAsync();
        }
        finally
        {
            network.Dispose();
        }
    }

    private static async Task<WebApplication> StartBotAsync(Dictionary<string, string?> settings)
    {
        var bot = RallyHost.Build(settings);
        await RallyHost.StartAsync(bot, CancellationToken.None);
        await bot.Services.GetRequiredService<BotStatus>().Ready.WaitAsync(TimeSpan.FromSeconds(30));
        return bot;
    }

    private static async Task TransferAsync(Uri network, string token, Guid from, Guid to)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(network, "api/transfers"))
        {
            Content = JsonContent.Create(new { id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), from, to, coin = "PTM", amount = "60" }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string> RunAsync(string[] arguments)
    {
        using var process = BotProcess.Start(new Dictionary<string, string>(), arguments);
        Assert.True(await process.ExitAsync(TimeSpan.FromSeconds(60)) == 0, process.Output);
        return process.Output;
    }

    [GeneratedRegex(@"Network__ClientSecret=(\S+)")]
    private static partial Regex ClientSecret();
}
