using System.Diagnostics;
using System.Globalization;
using Rally.Bot.Hosting;
using Rally.Bot.Network;
using Rally.Sandbox;

namespace Rally.Bot.Demo;

/// <summary>The network, the bot and a Discord-compatible sandbox, on loopback, with sample coins and people.</summary>
internal static class DemoCommand
{
    /// <param name="Data">The folder for everything kept; null for data/demo, or with <paramref name="Once"/> a temporary one.</param>
    /// <param name="Port">The network's port, and the next one for the sandbox; 0 for any free ones.</param>
    /// <param name="Store">See <see cref="Storage.StoreSetting"/>; null for SQLite in the data folder.</param>
    /// <param name="Once">Play the story and end.</param>
    /// <param name="DiscordLimits">Whether the sandbox keeps Discord's rate limits; without, it answers as fast as it can.</param>
    internal sealed record Options(DirectoryInfo? Data, int Port, string? Store, bool Once, bool DiscordLimits);

    public static async Task<int> RunAsync(Options options, CancellationToken stop)
    {
        // A store elsewhere outlives a temporary folder, and with it the keys its secrets are encrypted with.
        var isTemporary = options is { Once: true, Data: null, Store: null };
        var folder = isTemporary
            ? Directory.CreateTempSubdirectory("rally-demo-").FullName
            : Directory.CreateDirectory(options.Data?.FullName ?? Path.Combine(AppSettings.Folder, "data", "demo")).FullName;
        try
        {
            return await RunAsync(options, folder, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (DemoException failed)
        {
            await Console.Error.WriteLineAsync(failed.Message);
            return 1;
        }
        catch (Exception fault) when (StartFault.Explain(fault) is { } explained)
        {
            await Console.Error.WriteLineAsync(explained);
            return 1;
        }
        finally
        {
            if (isTemporary)
                Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> RunAsync(Options options, string folder, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        await using var sandbox = await SandboxServer.StartAsync(
            new SandboxOptions
            {
                Port = options.Port == 0 ? 0 : options.Port + 1,
                StateFile = Path.Combine(folder, "sandbox.json"),
                RateLimits = new() { Enabled = options.DiscordLimits },
            },
            stop);
        await using var app = RallyHost.Build(Settings(options, folder, sandbox));
        await RallyHost.StartAsync(app, stop);
        try
        {
            await RunAsync(options, folder, sandbox, app, watch, stop);
            return 0;
        }
        finally
        {
            await app.StopAsync(CancellationToken.None);
        }
    }

    private static async Task RunAsync(
        Options options, string folder, SandboxServer sandbox, WebApplication app, Stopwatch watch, CancellationToken stop)
    {
        var accounts = await DemoSeed.ApplyAsync(app.Services, stop);
        var status = app.Services.GetRequiredService<BotStatus>();
        await status.Ready.WaitAsync(TimeSpan.FromSeconds(30), stop);

        using var discord = new DemoDiscord(sandbox);
        var creator = accounts[0];
        if (await DemoPerson.AskForLinkAsync(discord, discord.MemberId(creator.Username), stop) is { } link)
            await DemoPerson.FollowAsync(link, creator.Username, creator.Username, creator.Password, signUp: false, stop);

        var network = (await app.Services.GetRequiredService<Installation>().GetAsync(stop)).NetworkPublicUrl;
        var file = await DemoFile.WriteAsync(folder, network, sandbox, accounts, stop);
        await PrintAsync(network, sandbox, accounts, file, watch.Elapsed);

        if (options.Once)
        {
            await new DemoStory(discord, Console.Out, stop).PlayAsync();
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalMilliseconds,8:0} ms  in all"));
        }
        else
        {
            await app.WaitForShutdownAsync(stop);
        }
    }

    private static Dictionary<string, string?> Settings(Options options, string folder, SandboxServer sandbox)
    {
        var settings = HostOverrides.From(new DirectoryInfo(folder), options.Port, options.Store ?? $"sqlite:{Path.Combine(folder, "rally.db")}");
        settings["PublicUrl"] = null;
        settings["Network:Mode"] = nameof(NetworkMode.Embedded);
        settings["Discord:Token"] = sandbox.BotToken;
        settings["Discord:PublicKey"] = sandbox.PublicKey;
        settings["Discord:ApiBase"] = sandbox.DiscordApi.ToString();
        settings["Logging:LogLevel:Default"] = nameof(LogLevel.Warning);
        settings["Logging:LogLevel:Microsoft.AspNetCore.DataProtection"] = nameof(LogLevel.Error); // sample secrets, keys in the clear
        foreach (var (name, value) in DemoSignIn.SettingsOf(sandbox))
            settings[name] = value;
        return settings;
    }

    private static Task PrintAsync(Uri network, SandboxServer sandbox, IReadOnlyList<DemoSeed.Account> accounts, string file, TimeSpan started)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        text.WriteLine($"Rally demo, ready after {started.TotalSeconds:0.0} s. Stop it with Ctrl+C.");
        text.WriteLine();
        text.WriteLine($"  Discord sandbox   {sandbox.Page}   act as any member: type / in the box");
        text.WriteLine($"  Rally network     {network}");
        text.WriteLine($"  Discord API       {sandbox.DiscordApi}");
        text.WriteLine($"  all of this       {file}");
        text.WriteLine();
        text.WriteLine($"  Rally account     password                       ");
        foreach (var account in accounts)
            text.WriteLine($"  {account.Username,-17} {account.Password,-28} {(account.Username == DemoSeed.Creator ? "creator of " + string.Join(", ", DemoSeed.Coins.Select(coin => coin.Symbol)) : "fan")}");
        text.WriteLine();
        return Console.Out.WriteAsync(text.ToString());
    }
}
