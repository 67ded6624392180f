using System.Security.Cryptography;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Auth.Apps;
using Rally.Bot.Hosting;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>
/// A network and the bot of another installation, in this process, over real HTTP, on one fake clock. The bot has no Discord, so who is
/// marked stays marked: one fan is linked, and there is a tier on each coin they launch.
/// </summary>
internal sealed class TwoSites : IAsyncDisposable
{
    private const long Guild = 9;
    private const long Member = 1;

    private readonly TestDatabase _networkStore;
    private readonly TestDatabase _botStore;
    private readonly TemporaryFolder _networkFolder = new();
    private readonly TemporaryFolder _botFolder = new();
    private readonly string _secret = RandomNumberGenerator.GetHexString(40);
    private readonly Guid _fan = Guid.NewGuid();
    private readonly Uri _networkUrl = new($"http://127.0.0.1:{BotProcess.FreePort()}");
    private readonly Uri _botUrl = new($"http://127.0.0.1:{BotProcess.FreePort()}");
    private WebApplication? _network;
    private WebApplication? _bot;
    private int _launched;

    private TwoSites(TestDatabase networkStore, TestDatabase botStore) => (_networkStore, _botStore) = (networkStore, botStore);

    public FakeClock Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public CapturedLogs Log { get; } = new();

    public BotStatus Status => Bot<BotStatus>();

    /// <param name="engine">Of both stores.</param>
    /// <param name="reachable">Whether the network can deliver to the bot.</param>
    /// <param name="registeredBefore">Whether the bot was registered by a version that knew nothing of reports.</param>
    public static async Task<TwoSites> StartAsync(Engine engine, bool reachable = true, bool registeredBefore = false)
    {
        var sites = new TwoSites(await TestDatabase.CreateAsync(engine), await TestDatabase.CreateAsync(engine));
        await sites.StartNetworkAsync();
        var address = reachable ? sites._botUrl : new Uri($"http://127.0.0.1:{BotProcess.FreePort()}");
        await sites.RegisterAsync(address, without: registeredBefore ? ["tiers:report"] : []);
        sites._bot = RallyHost.Build(
            new Dictionary<string, string?>
            {
                ["Data"] = sites._botFolder.Path,
                ["Store"] = sites._botStore.Setting,
                ["Listen"] = sites._botUrl.ToString(),
                ["PublicUrl"] = address.ToString(),
                ["Network:Mode"] = "Remote",
                ["Network:Url"] = sites._networkUrl.ToString(),
                ["Network:ClientId"] = "far-bot",
                ["Network:ClientSecret"] = sites._secret,
                ["Network:LookAtLinksEvery"] = "7.00:00:00",
            },
            sites.Parts);
        await RallyHost.StartAsync(sites._bot, CancellationToken.None);
        await sites.Status.Ready.WaitAsync(TimeSpan.FromSeconds(20));
        await sites.WriteAsync("""
            INSERT INTO bot_link (discord_user_id, rally_id, username, guild_id, linked_at, tokens) VALUES (@Member, @_fan, 'fan', @Guild, 1, @nothing)
            """);
        return sites;
    }

    /// <summary>The network's operator registers the bot once more.</summary>
    public Task RegisterAgainAsync() => RegisterAsync(_botUrl, without: []);

    public async Task StartNetworkAsync()
    {
        _network = RallyHost.Build(
            new Dictionary<string, string?>
            {
                ["Data"] = _networkFolder.Path,
                ["Store"] = _networkStore.Setting,
                ["Listen"] = _networkUrl.ToString(),
                ["Webhooks:AllowPrivateAddresses"] = "true",
            },
            Parts);
        await RallyHost.StartAsync(_network, CancellationToken.None);
    }

    public async Task StopNetworkAsync()
    {
        await _network!.StopAsync();
        await _network.DisposeAsync();
    }

    public T Bot<T>() where T : notnull => _bot!.Services.GetRequiredService<T>();

    /// <summary>The fan gets a coin of their own, on which there is a tier.</summary>
    public async Task LaunchAsync()
    {
        var coin = $"COIN{++_launched}";
        await WriteAsync($"""
            INSERT INTO bot_rule_coin (coin, guild_id) VALUES ('{coin}', @Guild)
            """);
        Assert.IsType<LaunchCoin.Result.Launched>(await _network!.Services.GetRequiredService<LaunchCoin>().ExecuteAsync(
            LaunchCoin.Request.Fixed(coin, coin, _fan, Amount.Coins(100)), CancellationToken.None));
    }

    /// <summary>The coin launched last has marked the fan; the mark is taken away.</summary>
    public Task MarkedAsync() => PassAsync(
        async () => await WriteAsync($"DELETE FROM bot_dirty WHERE user_id = @Member AND because LIKE '%COIN{_launched}'") > 0, "the fan is marked");

    /// <summary>Lets time go by until something is so.</summary>
    public Task PassAsync(Func<Task<bool>> condition, string wanted) => Eventually.TrueAsync(async () =>
    {
        if (await condition())
            return true;
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Task.Delay(20);
        return false;
    }, wanted, TimeSpan.FromSeconds(60));

    /// <inheritdoc cref="PassAsync(Func{Task{bool}}, string)"/>
    public Task PassAsync(Func<bool> condition, string wanted) => PassAsync(() => Task.FromResult(condition()), wanted);

    /// <summary>What <c>/healthz</c> of the bot says.</summary>
    public async Task<string> HealthAsync()
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(new Uri(_botUrl, "healthz"));
    }

    /// <summary>The bot's subscription, as the network has it.</summary>
    public async Task<(Guid Id, bool IsEnabled, string[] Events)> SubscriptionAsync() => Assert.Single(await SubscriptionsAsync());

    /// <summary>None for a moment, while the bot makes it again.</summary>
    public async Task<IReadOnlyList<(Guid Id, bool IsEnabled, string[] Events)>> SubscriptionsAsync()
    {
        using var answer = await Bot<RallyClient>().SendAsOwnAsync(HttpMethod.Get, "api/webhook-endpoints", null, CancellationToken.None);
        var list = await RallyClient.ReadAsync<EndpointList>(answer, CancellationToken.None);
        return [.. list.Endpoints.Select(endpoint => (endpoint.Id, endpoint.DisabledAt is null, endpoint.Events))];
    }

    /// <summary>Does something to the subscription, as somebody with the bot's credentials may.</summary>
    public async Task TamperAsync(HttpMethod method, string below, object? body)
    {
        var (id, _, _) = await SubscriptionAsync();
        using var answer = await Bot<RallyClient>().SendAsOwnAsync(method, $"api/webhook-endpoints/{id}{below}", body, CancellationToken.None);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Changes the bot's store.</summary>
    public Task<int> WriteAsync(string sql) => Bot<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
        sql, new { Guild, Member, _fan, id = Guid.NewGuid(), nothing = Array.Empty<byte>() }, transaction));

    public async ValueTask DisposeAsync()
    {
        await _bot!.StopAsync();
        await _bot.DisposeAsync();
        await StopNetworkAsync();
        await _networkStore.DisposeAsync();
        await _botStore.DisposeAsync();
        _networkFolder.Dispose();
        _botFolder.Dispose();
    }

    private void Parts(IServiceCollection services)
    {
        services.AddSingleton<ILoggerProvider>(Log);
        services.AddSingleton<TimeProvider>(Clock);
    }

    private async Task RegisterAsync(Uri address, string[] without)
    {
        var bot = InstallationSetup.BotClient("far-bot", "Far Bot", "someone", _secret, new Uri(address, Installation.LinkCallbackPath));
        Assert.IsType<RegisterApp.Registered>(await _network!.Services.GetRequiredService<RegisterApp>().ExecuteAsync(
            bot with { Scopes = [.. bot.Scopes.Except(without)] }));
    }

    private sealed record EndpointList(IReadOnlyList<Endpoint> Endpoints);

    private sealed record Endpoint(Guid Id, DateTimeOffset? DisabledAt, string[] Events);
}
