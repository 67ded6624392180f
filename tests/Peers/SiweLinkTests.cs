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
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Peers.Tests;

public sealed class SiweLinkTests
{
    private const string Password = "correct horse battery";

    [Theory, EachEngine]
    public async Task Siwe_and_ethers_link_a_wallet_and_meet_every_refusal(Engine engine)
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

        var printed = await NodePeer.RunAsync("siwe-link.mjs", JsonSerializer.Serialize(new
        {
            address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(),
            username = "alice",
            password = Password,
        }));

        Assert.Equal(15, printed.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal)));
        await app.StopAsync();
    }
}
