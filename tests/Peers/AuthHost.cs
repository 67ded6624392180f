using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Auth;
using Rally.Auth.Accounts;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;

namespace Rally.Peers.Tests;

/// <summary>The accounts' module on Kestrel, with alice.</summary>
internal sealed class AuthHost(TestDatabase database, WebApplication app) : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    public string Address { get; } = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public T Get<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    public static async Task<AuthHost> StartAsync(Engine engine, Action<AuthOptions>? configure = null)
    {
        var database = await TestDatabase.CreateAsync(engine);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        builder.Services.AddStorage(database.Setting);
        builder.Services.AddAuth(configure);
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        var app = builder.Build();
        app.MapAuthEndpoints();
        await app.Services.GetRequiredService<Migrator>().RunAsync();
        await app.StartAsync();
        await app.Services.GetRequiredService<CreateAccount>().ExecuteAsync(new CreateAccount.Request("alice", Password));
        return new AuthHost(database, app);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await database.DisposeAsync();
    }
}
