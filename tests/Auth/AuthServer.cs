using System.Collections.Concurrent;
using System.Net;
using Dapper;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Server.Keys;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>The module on a real Kestrel on loopback, with a clock that tests move and logs that they read.</summary>
internal sealed class AuthServer : IAsyncDisposable
{
    public const string Password = "correct horse battery";
    public const string BotSecret = "bot-secret-0123456789-0123456789-abcdef";
    public const string Callback = "http://127.0.0.1:9/callback";

    private static readonly ConcurrentDictionary<(string Algorithm, int Number), Lazy<(string Id, string PublicJwk, byte[] PrivateKey)>> Pool = new();

    private readonly TestDatabase _database;
    private readonly WebApplication _app;

    private AuthServer(TestDatabase database, WebApplication app, FakeClock clock, CapturedLogs logs)
    {
        _database = database;
        _app = app;
        Clock = clock;
        Logs = logs;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        // One handler without cookies: what apps and API clients use.
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };
    }

    public Uri Address { get; }

    public FakeClock Clock { get; }

    public CapturedLogs Logs { get; }

    public HttpClient Http { get; }

    public Database Store => Get<Database>();

    public static async Task<AuthServer> StartAsync(Engine engine = Engine.Sqlite, Action<AuthOptions>? configure = null, Action<IServiceCollection>? services = null)
    {
        var database = await TestDatabase.CreateAsync(engine);
        // Browsers drop cookies by their own clock, so the server's begins at the real time.
        var clock = new FakeClock(TimeProvider.System.GetUtcNow());
        var logs = new CapturedLogs();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(logs);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton(PooledKeys());
        builder.Services.AddStorage(database.Setting);
        builder.Services.AddAuth(options => configure?.Invoke(options));
        // Hashing at its real cost would take a good part of the tests' time.
        builder.Services.PostConfigure<PasswordHasherOptions>(hasher => hasher.IterationCount /= 100);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.Use((context, next) =>
        {
            if (context.Request.Headers[Browser.AddressHeader] is [{ } address])
                context.Connection.RemoteIpAddress = IPAddress.Parse(address);
            return next(context);
        });
        app.MapAuthEndpoints();
        app.MapGroup("/v1").MapFormerAuthEndpoints();
        app.MapGroup("/api").MapSecondFormerAuthEndpoints();
        app.MapGroup("/api").MapAuthApi();
        MapSampleApi(app);
        await app.Services.GetRequiredService<Migrator>().RunAsync();
        await app.StartAsync();
        SuiteLog.Secret(Password);
        SuiteLog.Secret(BotSecret);
        var server = new AuthServer(database, app, clock, logs);
        await server.RegisterAsync(Bot);
        return server;
    }

    /// <summary>A confidential client with everything.</summary>
    public static RegisterApp.Request Bot { get; } = new(
        "bot", "Rally Bot", "The operator", BotSecret, [Callback],
        ["openid", "profile", "balances:read", "transfers:send", "trades:make", "webhooks:manage"],
        ["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"]);

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public async Task RegisterAsync(RegisterApp.Request request) =>
        Assert.IsType<RegisterApp.Registered>(await Get<RegisterApp>().ExecuteAsync(request));

    public async Task<Guid> CreateAccountAsync(string userName = "alice") =>
        Assert.IsType<CreateAccount.Created>(
            await Get<CreateAccount>().ExecuteAsync(new CreateAccount.Request(userName, Password))).RallyId;

    public Task MakeOperatorAsync(string userName) => Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
        "UPDATE auth_account SET is_operator = 1 WHERE user_name = @userName", new { userName }, transaction));

    /// <param name="from">The address its requests seem to come from; this machine's when null.</param>
    public Browser OpenBrowser(string? from = null, string? userAgent = null) => new(Address, from, userAgent);

    /// <summary>
    /// The first key of each server is the first of every other, and so on: finding primes would take half of the tests' time.
    /// </summary>
    private static MakeKeyPair PooledKeys()
    {
        var made = new ConcurrentDictionary<string, int>();
        return algorithm => Pool.GetOrAdd(
            (algorithm, made.AddOrUpdate(algorithm, 0, (_, last) => last + 1)), each => new(() => KeyPair.Make(each.Algorithm))).Value;
    }

    /// <summary>What another module's endpoint would do: ask whether the token may do an operation on an account.</summary>
    private static void MapSampleApi(WebApplication app)
    {
        app.MapGet("/sample/{account:guid}/{operation}", async (
            Guid account, string operation, HttpContext context, IAuthorizationService authorization) =>
        {
            var verdict = await authorization.AuthorizeAsync(
                context.User, account, new OperationAuthorizationRequirement { Name = operation });
            return verdict.Succeeded ? Results.Ok() : Results.Forbid();
        }).RequireAuthorization();
        app.MapGet("/sample/webhooks", () => Results.Ok())
            .RequireAuthorization(policy => policy.RequireClaim("scope", "webhooks:manage"));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }
}
