using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Rally.Bot.Demo;
using Rally.Bot.Hosting;
using Rally.Bot.Network;
using Rally.Sandbox;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>
/// A sandbox with its guild, and a network with its bot, in this process, on real sockets and a store of their own.
/// Tests say what people do and see; how it is wired stays in here.
/// </summary>
internal sealed class Town : IAsyncDisposable
{
    private readonly TestDatabase _store;
    private readonly TemporaryFolder _folder = new();
    private readonly Action<IServiceCollection>? _parts;
    private readonly (string Name, string Value)[] _settings;
    private WebApplication? _app;

    private Town(TestDatabase store, SandboxServer sandbox, Action<IServiceCollection>? parts, (string Name, string Value)[] settings)
    {
        _store = store;
        _parts = parts;
        _settings = settings;
        Sandbox = sandbox;
        Discord = new DemoDiscord(sandbox);
        Logs = new CapturedLogs();
    }

    public SandboxServer Sandbox { get; }

    public DemoDiscord Discord { get; }

    /// <summary>The bot's way to the network, which a test can cut.</summary>
    public NetworkSwitch Network { get; private set; } = new();

    /// <summary>Everything the host logged since the town began, at every level.</summary>
    public CapturedLogs Logs { get; }

    public ulong Creator => Discord.MemberId("portemonnaie");

    public ulong Fan => Discord.MemberId("fan");

    public ulong Gold => Discord.RoleId("Gold");

    public Uri Address { get; private set; } = new("about:blank");

    /// <param name="engine">The store's engine.</param>
    /// <param name="limits">Whether the sandbox keeps Discord's rate limits.</param>
    /// <param name="parts">Replaces parts of the host.</param>
    /// <param name="settings">Settings of the host other than the defaults.</param>
    public static async Task<Town> BuildAsync(
        Engine engine = Engine.Sqlite, bool limits = false, Action<IServiceCollection>? parts = null, params (string Name, string Value)[] settings)
    {
        var store = await TestDatabase.CreateAsync(engine);
        var sandbox = await SandboxServer.StartAsync(
            new() { RateLimits = new() { Enabled = limits, IdentifyInterval = TimeSpan.Zero } }, CancellationToken.None);
        foreach (var secret in new[] { sandbox.BotToken, sandbox.DiscordSignIn.ClientSecret, sandbox.TwitchSignIn.ClientSecret, "demo-password-", "long-enough-password" })
            SuiteLog.Secret(secret);
        var town = new Town(store, sandbox, parts, settings);
        await town.StartBotAsync();
        await DemoSeed.ApplyAsync(town._app!.Services, CancellationToken.None);
        return town;
    }

    /// <summary>A town in which the creator is linked, PTM is the server's coin, and Gold opens at 50 and closes below 45.</summary>
    public static async Task<Town> WithGoldTierAsync(
        Engine engine = Engine.Sqlite, bool limits = false, params (string Name, string Value)[] settings)
    {
        var town = await BuildAsync(engine, limits, settings: settings);
        await town.LinkAsync(town.Creator, "portemonnaie");
        await town.SaysAsync(town.Creator, "rally", "setup", "PTM", ("symbol", "PTM"));
        await town.SaysAsync(town.Creator, "tier", "add", "45 PTM", ("role", $"{town.Gold}"), ("enter", "50"), ("leave", "45"));
        return town;
    }

    public async Task StartBotAsync()
    {
        _app = RallyHost.Build(
            new Dictionary<string, string?>
            {
                ["Data"] = _folder.Path,
                ["Store"] = _store.Setting,
                ["Listen"] = "http://127.0.0.1:0",
                ["Discord:Token"] = Sandbox.BotToken,
                ["Discord:PublicKey"] = Sandbox.PublicKey,
                ["Discord:ApiBase"] = Sandbox.DiscordApi.ToString(),
            }.Concat(DemoSignIn.SettingsOf(Sandbox)).Concat(_settings.Select(setting => KeyValuePair.Create<string, string?>(setting.Name, setting.Value))),
            services =>
            {
                services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(Logs);
                Network = new();
                services.AddSingleton(_ => RallyHttp.CreateClient(TimeProvider.System, Network));
                // Hashing at its real cost is for the tests that run the program itself.
                services.PostConfigure<PasswordHasherOptions>(hasher => hasher.IterationCount /= 100);
                _parts?.Invoke(services);
            });
        await RallyHost.StartAsync(_app, CancellationToken.None);
        await _app.Services.GetRequiredService<BotStatus>().Ready.WaitAsync(TimeSpan.FromSeconds(20));
        Address = (await _app.Services.GetRequiredService<Installation>().GetAsync()).PublicUrl;
    }

    public async Task StopBotAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>A service of the host, where a test looks behind the scenes.</summary>
    public T Inside<T>() where T : notnull => _app!.Services.GetRequiredService<T>();

    /// <summary>Links a sandbox member to the seeded Rally account of that name.</summary>
    public async Task LinkAsync(ulong member, string name)
    {
        var link = await DemoPerson.AskForLinkAsync(Discord, member, CancellationToken.None) ?? throw new InvalidOperationException($"{name} is linked already.");
        await DemoPerson.FollowAsync(link, name, name, $"demo-password-{name}", signUp: false, CancellationToken.None);
    }

    /// <summary>Somebody new joins the guild, signs up at Rally under the same name, and links.</summary>
    public async Task<ulong> NewLinkedFanAsync()
    {
        var name = $"f{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var member = await Discord.JoinAsync(name, CancellationToken.None);
        var link = await DemoPerson.AskForLinkAsync(Discord, member, CancellationToken.None);
        await DemoPerson.FollowAsync(link!, name, name, "long-enough-password", signUp: true, CancellationToken.None);
        return member;
    }

    public Task<string> RunAsync(ulong member, string command, string subcommand, params (string Name, string Value)[] options) =>
        Discord.RunAsync(member, command, subcommand, CancellationToken.None, options);

    /// <summary>Runs a command, confirms it where the bot asks, and fails unless the last reply has these words.</summary>
    public async Task SaysAsync(ulong member, string command, string subcommand, string words, params (string Name, string Value)[] options) =>
        Assert.Contains(words, await Discord.RunConfirmedAsync(member, command, subcommand, CancellationToken.None, options), StringComparison.Ordinal);

    /// <summary>Where people run commands, as the sandbox's page names it.</summary>
    public string ChannelId => $"{Sandbox.Channels[0].Id}";

    /// <summary>Does what a member can do on the sandbox's page.</summary>
    public Task<DemoReply> ActAsync(string what, object body) => Discord.ActAsync(what, body, CancellationToken.None);

    /// <summary>Whether the sandbox lets a member press this.</summary>
    public async Task<bool> CanPressAsync(ulong member, string messageId, string customId)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync(
            new Uri(Sandbox.Page, "sandbox/api/components"), new { memberId = $"{member}", messageId, customId });
        return answer.IsSuccessStatusCode;
    }

    /// <summary>What stands in the channel for everybody.</summary>
    public async Task<IReadOnlyList<string>> MessagesAsync()
    {
        using var http = new HttpClient();
        using var state = JsonDocument.Parse(await http.GetStringAsync(new Uri(Sandbox.Page, "sandbox/api/state")));
        return [.. state.RootElement.GetProperty("channels")[0].GetProperty("messages").EnumerateArray()
            .Select(message => message.GetProperty("content").GetString()!)];
    }

    /// <summary>Sets a member's Discord to a language, such as <c>fr</c>.</summary>
    public async Task SpeaksAsync(ulong member, string locale)
    {
        using var http = new HttpClient();
        using var answer = await http.PatchAsJsonAsync(new Uri(Sandbox.Page, $"sandbox/api/members/{member}"), new { locale });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task SendAsync(ulong from, ulong to, string amount) =>
        SaysAsync(from, "coin", "send", $"sent **{amount} PTM**", ("member", $"{to}"), ("amount", amount));

    public Task<bool> HasAsync(ulong member, ulong role) => Discord.HasRoleAsync(member, role, CancellationToken.None);

    /// <summary>Whether a member has Gold, without a request that counts for the bot's rate limits.</summary>
    public async Task<bool> ShowsGoldAsync(ulong member)
    {
        using var http = new HttpClient();
        using var state = JsonDocument.Parse(await http.GetStringAsync(new Uri(Sandbox.Page, "sandbox/api/state")));
        return state.RootElement.GetProperty("members").EnumerateArray()
            .Single(shown => shown.GetProperty("user").GetProperty("id").GetString() == $"{member}")
            .GetProperty("roles").EnumerateArray().Any(role => role.GetString() == $"{Gold}");
    }

    /// <summary>Somebody who left comes back.</summary>
    public async Task RejoinAsync(ulong member)
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync(new Uri(Sandbox.Page, "sandbox/api/members"), new { memberId = $"{member}" });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public Task RoleBecomesAsync(ulong member, bool wanted, TimeSpan? within = null) =>
        Eventually.TrueAsync(async () => await HasAsync(member, Gold) == wanted, wanted ? "Gold" : "Gold gone", within);

    /// <summary>Nobody is left to look at: whatever should have changed has.</summary>
    public Task SettledAsync() =>
        Eventually.TrueAsync(async () => await Inside<Rally.Bot.Roles.DirtyMembers>().CountAsync(CancellationToken.None) == 0, "all members settled");

    /// <summary>Asks the sandbox for a fault; see its page API.</summary>
    public async Task FaultAsync(object fault, string path = "faults/rest")
    {
        using var http = new HttpClient();
        using var answer = await http.PostAsJsonAsync(new Uri(Sandbox.Page, $"sandbox/api/{path}"), fault, JsonSerializerOptions.Web);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await StopBotAsync();
        Discord.Dispose();
        await Sandbox.DisposeAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
