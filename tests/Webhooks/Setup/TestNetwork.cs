using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Ledger;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Rally.Webhooks.Approvals;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Network;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Tests.Setup;

/// <summary>A network with a real ledger and store, over real HTTP, on a fake clock; it can be stopped or crash, and start again.</summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly TemporaryFolder _keys = new();
    private readonly Action<WebhooksOptions> _configure;
    private readonly ISubscribers? _subscribers;
    private readonly Action<IServiceCollection>? _services;
    private bool _hasChores;
    private string? _usdPrice;
    private IUserNames? _names;
    private WebApplication? _app;
    private long _launched;

    private TestNetwork(
        TestDatabase database, Action<WebhooksOptions>? configure, ISubscribers? subscribers, Action<IServiceCollection>? services)
    {
        _database = database;
        _configure = configure ?? (options => options.AllowPrivateAddresses = true);
        (_subscribers, _services) = (subscribers, services);
    }

    public FakeClock Clock { get; } = new();

    public string StoreSetting => _database.Setting;

    public CapturedLogs Log { get; } = new();

    public Uri Address => new(_app!.Urls.Single());

    public IServiceProvider Services => _app!.Services;

    public static async Task<TestNetwork> StartAsync(
        Engine engine, Action<WebhooksOptions>? configure = null, ISubscribers? subscribers = null, string? usdPrice = null, IUserNames? names = null,
        Action<IServiceCollection>? services = null, bool chores = false)
    {
        var network = new TestNetwork(await TestDatabase.CreateAsync(engine), configure, subscribers, services) { _usdPrice = usdPrice, _names = names, _hasChores = chores };
        await network.StartAgainAsync();
        return network;
    }

    public async Task StartAgainAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(Log);
        var services = builder.Services;
        services.AddSingleton<TimeProvider>(new HostClock(Clock, _hasChores));
        services.AddStorage(_database.Setting);
        services.AddLedger(options =>
        {
            options.FeedPollInterval = HostClock.FeedPollInterval;
            options.UsdPrice.Fixed = _usdPrice;
            options.AuthorityKeysFolder = Directory.CreateTempSubdirectory("rally-test-keys-").FullName;
        });
        services.AddWebhooks(options =>
        {
            options.ChangePollInterval = HostClock.ChangePollInterval;
            _configure(options);
        });
        if (_subscribers is not null)
            services.AddSingleton(_subscribers);
        if (_names is not null)
            services.AddSingleton(_names);
        services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(_keys.Path));
        services.AddSingleton(new RetrySchedule(new MiddleOfJitter()));
        services.AddSingleton(provider => new GuardedConnector(provider.GetRequiredService<AddressGuard>()) { Resolve = ResolveAsync });
        services.AddAuthentication("Bearer").AddScheme<AuthenticationSchemeOptions, ClientNameHandler>("Bearer", null);
        services.AddAuthorization();
        services.AddSingleton<IAuthorizationHandler, TestMarket.EverybodyMay>();
        services.AddProblemDetails();
        _services?.Invoke(services);
        _app = builder.Build();
        var api = _app.MapGroup("/api");
        api.MapWebhookEndpoints();
        api.MapLedgerEndpoints();
        await Services.GetRequiredService<Migrator>().RunAsync();
        await _app.StartAsync();
    }

    /// <summary>As after a restore without them; between a stop and a start.</summary>
    public void LoseKeys()
    {
        foreach (var key in Directory.GetFiles(_keys.Path))
            File.Delete(key);
    }

    /// <summary>Ends in good order: what was delivered is stored.</summary>
    public async Task StopAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    /// <summary>Ends at once: what is not stored by now never is.</summary>
    /// <param name="beforeClosing">Runs once everything is told to end and before the store is closed.</param>
    public async Task CrashAsync(Action? beforeClosing = null)
    {
        try
        {
            await _app!.StopAsync(new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            // The host reports that it had no time to stop: that is the point.
        }

        beforeClosing?.Invoke();
        await _app!.DisposeAsync();
        _app = null;
    }

    public HttpClient Client(string clientId = "app", string scope = "webhooks:manage")
    {
        var client = new HttpClient { BaseAddress = new Uri(_app!.Urls.Single()) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", $"{clientId}:{scope}");
        return client;
    }

    public Task<Subscription> SubscribeAsync(string url, string[]? coins = null, long? after = null, string clientId = "app") =>
        SubscribeAsync(new { url, events = new[] { "transfer.posted" }, coins, after }, clientId);

    public async Task<Subscription> SubscribeAsync(object asked, string clientId = "app")
    {
        using var client = Client(clientId);
        using var response = await client.PostAsJsonAsync("/api/webhook-endpoints", asked);
        var body = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<Subscription>(body, JsonSerializerOptions.Web)!
            : throw new InvalidOperationException($"{response.StatusCode}: {body}");
    }

    public async Task<JsonObject> StatusAsync(Subscription subscription)
    {
        using var client = Client();
        return (await client.GetFromJsonAsync<JsonObject>($"/api/webhook-endpoints/{subscription.Id}"))!;
    }

    /// <summary>Waits until an endpoint's status has a field with this value (as JSON text).</summary>
    public async Task<JsonObject> StatusAsync(Subscription subscription, string field, object? value)
    {
        var wanted = JsonSerializer.Serialize(value);
        JsonObject status = [];
        await Eventually.TrueAsync(async () =>
        {
            status = await StatusAsync(subscription);
            return (status[field]?.ToJsonString() ?? "null") == wanted;
        }, $"{field} = {wanted}");
        return status;
    }

    public async Task PatchAsync(Subscription subscription, object change, string clientId = "app")
    {
        using var client = Client(clientId);
        using var response = await client.PatchAsJsonAsync($"/api/webhook-endpoints/{subscription.Id}", change);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Reads something of an endpoint.</summary>
    public async Task<JsonObject> ReadAsync(Subscription subscription, string what)
    {
        using var client = Client();
        return (await client.GetFromJsonAsync<JsonObject>($"/api/webhook-endpoints/{subscription.Id}/{what}"))!;
    }

    /// <summary>Asks for something to be done with an endpoint.</summary>
    public async Task<JsonObject> DoAsync(Subscription subscription, string what, object asked, int status = 200)
    {
        using var client = Client();
        using var response = await client.PostAsJsonAsync($"/api/webhook-endpoints/{subscription.Id}/{what}", asked);
        var body = await response.Content.ReadAsStringAsync();
        Xunit.Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode}: {body}");
        return JsonNode.Parse(body)!.AsObject();
    }

    /// <summary>Puts one transfer into the log: the issue of a new coin.</summary>
    public async Task LaunchAsync(string symbol)
    {
        var result = await Services.GetRequiredService<LaunchCoin>().ExecuteAsync(
            LaunchCoin.Request.Fixed(symbol, symbol, Guid.NewGuid(), Amount.Coins(100)), CancellationToken.None);
        Xunit.Assert.IsType<LaunchCoin.Result.Launched>(result);
    }

    /// <summary>Puts some transfers into the log.</summary>
    public async Task PostAsync(int transfers = 1)
    {
        for (var i = 0; i < transfers; i++)
            await LaunchAsync(string.Create(CultureInfo.InvariantCulture, $"C{++_launched:000000}"));
    }

    /// <summary>Ends what clients that are gone have, as happens every minute.</summary>
    public Task EndSubscriptionsAsync() => Services.GetRequiredService<EndSubscriptions>().RunOnceAsync(CancellationToken.None);

    /// <summary>Waits until the price of RLY is recorded.</summary>
    public Task PricedAsync() => Eventually.TrueAsync(
        () => Services.GetRequiredService<Database>().ReadAsync(async connection =>
            await Dapper.SqlMapper.ExecuteScalarAsync<long>(connection, "SELECT count(*) FROM ledger_usd_price") > 0), "a price is recorded");

    /// <summary>Moves the clock to the endpoint's next attempt, once that is stored.</summary>
    public async Task AdvanceToNextAttemptAsync(Subscription subscription, long failures)
    {
        var status = await StatusAsync(subscription, "failures", failures);
        var next = status["nextAttemptAt"]!.GetValue<DateTimeOffset>();
        await Eventually.TrueAsync(() => Clock.HasTimerDue(next), "the pump waits for its next attempt");
        // It may be a day, over which what looks every second would fire a hundred thousand times.
        Clock.Jump(next - Clock.GetUtcNow() + TimeSpan.FromMilliseconds(1));
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await StopAsync();
        await _database.DisposeAsync();
        _keys.Dispose();
    }

    // A name that nobody has may take a name server seconds to deny.
    private static Task<IPAddress[]> ResolveAsync(string host, CancellationToken stop) => host.EndsWith(".invalid", StringComparison.Ordinal)
        ? throw new SocketException((int)SocketError.HostNotFound)
        : Dns.GetHostAddressesAsync(host, stop);

    private sealed class MiddleOfJitter : Random
    {
        public MiddleOfJitter()
            : base(0)
        {
        }

        public override double NextDouble() => 0.5;
    }
}

/// <summary>What the API answers to a new endpoint.</summary>
internal sealed record Subscription(Guid Id, string Url, string[] Events, string[]? Coins, string Secret, string? PublicKey, long Position);
