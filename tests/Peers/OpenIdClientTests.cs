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
        await using var network = await Network.StartAsync(engine);
        var printed = await NodePeer.RunAsync("openid-client.mjs", JsonSerializer.Serialize(new
        {
            issuer = network.Issuer,
            clientId = "RS256-app",
            clientSecret = Secret,
            redirectUri = RedirectUri,
            username = "alice",
            password = Password,
        }));

        Assert.Equal(21, Passed(printed));
    }

    [Theory, EachEngine]
    public async Task A_certified_relying_party_trusts_what_it_should_and_nothing_else(Engine engine)
    {
        await using var network = await Network.StartAsync(engine);
        var printed = await NodePeer.RunAsync("openid-connect.mjs", JsonSerializer.Serialize(new
        {
            issuer = network.Issuer,
            clients = Network.Algorithms.Select(algorithm => new { clientId = algorithm + "-app", clientSecret = Secret, algorithm }),
            redirectUri = RedirectUri,
            username = "alice",
            password = Password,
        }));

        Assert.Equal((2 * 13) + 3, Passed(printed));
    }

    [Theory, EachEngine]
    public async Task A_certified_client_binds_its_tokens_to_a_key_and_no_wrong_proof_is_taken(Engine engine)
    {
        await using var network = await Network.StartAsync(engine);
        var printed = await NodePeer.RunAsync("dpop.mjs", JsonSerializer.Serialize(new
        {
            issuer = network.Issuer,
            clientId = "RS256-app",
            clientSecret = Secret,
            publicId = Network.PublicApp,
            redirectUri = RedirectUri,
            username = "alice",
            password = Password,
        }));

        Assert.Equal((2 * 17) + 1, Passed(printed));
    }

    private static int Passed(string printed) => printed.Split('\n').Count(line => line.StartsWith("ok ", StringComparison.Ordinal));

    /// <summary>The module on Kestrel with alice and an app for each way to sign.</summary>
    private sealed class Network(TestDatabase database, WebApplication app) : IAsyncDisposable
    {
        public static readonly string[] Algorithms = ["RS256", "ES256"];

        public const string PublicApp = "public-app";

        public string Issuer { get; } = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        public static async Task<Network> StartAsync(Engine engine)
        {
            var database = await TestDatabase.CreateAsync(engine);
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            builder.Logging.ClearProviders();
            builder.Services.AddStorage(database.Setting);
            builder.Services.AddAuth();
            builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
            var app = builder.Build();
            app.MapAuthEndpoints();
            await app.Services.GetRequiredService<Migrator>().RunAsync();
            await app.StartAsync();
            await app.Services.GetRequiredService<CreateAccount>().ExecuteAsync(new CreateAccount.Request("alice", Password));
            foreach (var algorithm in Algorithms)
            {
                Assert.IsType<RegisterApp.Registered>(await app.Services.GetRequiredService<RegisterApp>().ExecuteAsync(new RegisterApp.Request(
                    algorithm + "-app", "Peer", "The tests", Secret, [RedirectUri],
                    ["openid", "profile", "balances:read", "transfers:send", "trades:make", "webhooks:manage"],
                    ["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"])
                {
                    IdTokenAlgorithm = algorithm,
                }));
            }

            Assert.IsType<RegisterApp.Registered>(await app.Services.GetRequiredService<RegisterApp>().ExecuteAsync(new RegisterApp.Request(
                PublicApp, "Peer", "The tests", null, [RedirectUri], ["profile"], ["authorization_code", "refresh_token"])));
            return new Network(database, app);
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync();
            await app.DisposeAsync();
            await database.DisposeAsync();
        }
    }
}
