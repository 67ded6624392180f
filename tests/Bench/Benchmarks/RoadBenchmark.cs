using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Rally.Bot.Demo;
using Rally.Bot.Hosting;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Sandbox;
using Rally.Testing;

namespace Rally.Bench.Benchmarks;

/// <summary>
/// The whole road on SQLite over real HTTP and WebSockets on loopback, without rate limits: from the ledger's 201 to a
/// transfer until the sandbox's REST API shows the role given or taken; and from starting the program until it is ready.
/// </summary>
internal static class RoadBenchmark
{
    public static async Task RunAsync(bool quick)
    {
        using var folder = new TemporaryFolder();
        await using var sandbox = await SandboxServer.StartAsync(
            new() { RateLimits = new() { Enabled = false, IdentifyInterval = TimeSpan.Zero } }, CancellationToken.None);
        await TransfersAsync(sandbox, folder.Path, transfers: quick ? 100 : 1_000);
        await ColdStartAsync(sandbox, folder.Path, starts: quick ? 2 : 5);
    }

    private static async Task TransfersAsync(SandboxServer sandbox, string folder, int transfers)
    {
        await using var app = RallyHost.Build(Settings(sandbox, folder));
        await RallyHost.StartAsync(app, CancellationToken.None);
        await app.Services.GetRequiredService<BotStatus>().Ready;
        var accounts = await DemoSeed.ApplyAsync(app.Services, CancellationToken.None);
        using var discord = new DemoDiscord(sandbox);
        var (creator, fan, gold) = (discord.MemberId(DemoSeed.Creator), discord.MemberId("fan"), discord.RoleId("Gold"));
        foreach (var (member, account) in new[] { (creator, accounts[0]), (fan, accounts[1]) })
        {
            var link = await DemoPerson.AskForLinkAsync(discord, member, CancellationToken.None);
            await DemoPerson.FollowAsync(link!, account.Username, account.Username, account.Password, signUp: false, CancellationToken.None);
        }

        await discord.RunAsync(creator, "rally", "setup", CancellationToken.None, ("symbol", "PTM"));
        await discord.RunAsync(creator, "tier", "add", CancellationToken.None, ("role", $"{gold}"), ("enter", "50"), ("leave", "45"));

        using var http = new HttpClient { BaseAddress = (await app.Services.GetRequiredService<Installation>().GetAsync()).NetworkUrl };
        var tokens = app.Services.GetRequiredService<FanTokens>();
        var milliseconds = new List<double>(transfers);
        for (var i = -20; i < transfers; i++)
        {
            // The first twenty warm everything up and do not count.
            var give = i % 2 == 0;
            var (sender, from, to) = give ? (creator, accounts[0], accounts[1]) : (fan, accounts[1], accounts[0]);
            await PostAsync(http, (await tokens.GetAsync(sender, CancellationToken.None))!, from.RallyId, to.RallyId);
            var accepted = Stopwatch.GetTimestamp();
            while (await discord.HasRoleAsync(fan, gold, CancellationToken.None) != give)
                await Task.Yield();
            if (i >= 0)
                milliseconds.Add(Stopwatch.GetElapsedTime(accepted).TotalMilliseconds);
        }

        await app.StopAsync();
        milliseconds.Sort();
        Measure.Value(milliseconds[transfers / 2], "ms", $"transfer accepted to role visible, p50 of {transfers}");
        Measure.Value(milliseconds[(int)(transfers * 0.99)], "ms", $"transfer accepted to role visible, p99 of {transfers}");
    }

    private static async Task ColdStartAsync(SandboxServer sandbox, string folder, int starts)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(1) };
        var milliseconds = new List<double>(starts);
        for (var i = 0; i < starts; i++)
        {
            var port = 20_000 + (Environment.ProcessId % 20_000) + i;
            var settings = Settings(sandbox, folder);
            settings["Listen"] = $"http://127.0.0.1:{port}";
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Rally.Bot.dll")]) { RedirectStandardOutput = true };
            foreach (var (name, value) in settings)
                start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
            var begun = Stopwatch.GetTimestamp();
            using var process = Process.Start(start)!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            while (!await IsReadyAsync(http, port))
                await Task.Delay(5);
            milliseconds.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            process.Kill();
            await process.WaitForExitAsync();
        }

        milliseconds.Sort();
        Measure.Value(milliseconds[starts / 2], "ms", $"cold start of the program to ready (on Discord, subscribed), median of {starts}");
    }

    private static Dictionary<string, string?> Settings(SandboxServer sandbox, string folder) => new()
    {
        ["Data"] = folder,
        ["Listen"] = "http://127.0.0.1:0",
        ["Discord:Token"] = sandbox.BotToken,
        ["Discord:ApiBase"] = sandbox.DiscordApi.ToString(),
        ["Discord:RequestsPerSecond"] = "100000",
        ["Ledger:RateLimit:WriteBurst"] = "1000000",
        ["Logging:LogLevel:Default"] = "Error",
        ["Logging:LogLevel:Microsoft.AspNetCore"] = "Error",
    };

    private static async Task PostAsync(HttpClient http, string token, Guid from, Guid to)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/transfers")
        {
            Content = JsonContent.Create(new { id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), from, to, coin = "PTM", amount = "60" }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"The transfer was refused: {await answer.Content.ReadAsStringAsync()}");
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, int port)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/healthz"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or JsonException)
        {
            return false;
        }
    }
}
