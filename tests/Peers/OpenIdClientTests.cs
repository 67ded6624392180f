using System.Text.Json;
using Rally.Auth.Apps;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Peers.Tests;

public sealed class OpenIdClientTests
{
    private const string Secret = "peer+secret/with:odd%signs-0123456789";
    private const string RedirectUri = "http://127.0.0.1:9/callback";

    private static readonly string[] Algorithms = ["RS256", "ES256"];

    [Theory, EachEngine]
    public async Task A_certified_client_completes_every_flow_and_every_refusal(Engine engine)
    {
        await using var network = await StartAsync(engine);
        var printed = await NodePeer.RunAsync("openid-client.mjs", JsonSerializer.Serialize(new
        {
            issuer = network.Address,
            clientId = "RS256-app",
            clientSecret = Secret,
            redirectUri = RedirectUri,
            username = "alice",
            password = AuthHost.Password,
        }));

        Assert.Equal(21, NodePeer.Passed(printed));
    }

    [Theory, EachEngine]
    public async Task A_certified_relying_party_trusts_what_it_should_and_nothing_else(Engine engine)
    {
        await using var network = await StartAsync(engine);
        var printed = await NodePeer.RunAsync("openid-connect.mjs", JsonSerializer.Serialize(new
        {
            issuer = network.Address,
            clients = Algorithms.Select(algorithm => new { clientId = algorithm + "-app", clientSecret = Secret, algorithm }),
            redirectUri = RedirectUri,
            username = "alice",
            password = AuthHost.Password,
        }));

        Assert.Equal((2 * 13) + 3, NodePeer.Passed(printed));
    }

    [Theory, EachEngine]
    public async Task A_certified_client_binds_its_tokens_to_a_key_and_no_wrong_proof_is_taken(Engine engine)
    {
        await using var network = await StartAsync(engine);
        Assert.IsType<RegisterApp.Registered>(await network.Get<RegisterApp>().ExecuteAsync(new RegisterApp.Request(
            "public-app", "Peer", "The tests", null, [RedirectUri], ["profile"], ["authorization_code", "refresh_token"])));
        var printed = await NodePeer.RunAsync("dpop.mjs", JsonSerializer.Serialize(new
        {
            issuer = network.Address,
            clientId = "RS256-app",
            clientSecret = Secret,
            publicId = "public-app",
            redirectUri = RedirectUri,
            username = "alice",
            password = AuthHost.Password,
        }));

        Assert.Equal((2 * 17) + 1, NodePeer.Passed(printed));
    }

    /// <summary>With an app for each way to sign.</summary>
    private static async Task<AuthHost> StartAsync(Engine engine)
    {
        var network = await AuthHost.StartAsync(engine);
        foreach (var algorithm in Algorithms)
        {
            Assert.IsType<RegisterApp.Registered>(await network.Get<RegisterApp>().ExecuteAsync(new RegisterApp.Request(
                algorithm + "-app", "Peer", "The tests", Secret, [RedirectUri],
                ["openid", "profile", "balances:read", "transfers:send", "trades:make", "webhooks:manage"],
                ["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"])
            {
                IdTokenAlgorithm = algorithm,
            }));
        }

        return network;
    }
}
