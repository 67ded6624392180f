using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rally.Auth;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Peers.Tests;

public sealed class OpenIdClientTests
{
    private const string Password = "correct horse battery";
    private const string Secret = "peer+secret/with:odd%signs-0123456789";
    private const string RedirectUri = "http://127.0.0.1:9/callback";

    [Theory, EachEngine]
    public async Task A_certified_client_completes_every_flow_and_every_refusal(Engine engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        builder.Services.AddStorage(database.Setting);
        builder.Services.AddAuth();
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        await using var app = builder.Build();
        app.MapAuthEndpoints();
        await app.Services.GetRequiredService<Migrator>().RunAsync();
        await app.StartAsync();
        await app.Services.GetRequiredService<CreateAccount>().ExecuteAsync(new CreateAccount.Request("alice", Password));
        await app.Services.GetRequiredService<RegisterApp>().ExecuteAsync(new RegisterApp.Request(
            "peer-app", "Peer", "The tests", Secret, [RedirectUri],
            ["profile", "balances:read", "transfers:send", "trades:make", "webhooks:manage"],
            ["authorization_code", "refresh_token", "client_credentials"]));

        var printed = await NodePeer.RunAsync("openid-client.mjs", JsonSerializer.Serialize(new
        {
            issuer = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(),
            clientId = "peer-app",
            clientSecret = Secret,
            redirectUri = RedirectUri,
            username = "alice",
            password = Password,
        }));

        Assert.Equal(21, printed.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
        await app.StopAsync();
    }
}
