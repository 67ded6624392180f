using System.Text.Json;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Peers.Tests;

public sealed class SiweLinkTests
{
    [Theory, EachEngine]
    public async Task Siwe_and_ethers_link_a_wallet_and_meet_every_refusal(Engine engine)
    {
        await using var network = await AuthHost.StartAsync(engine);
        var printed = await NodePeer.RunAsync("siwe-link.mjs", JsonSerializer.Serialize(new
        {
            address = network.Address,
            username = "alice",
            password = AuthHost.Password,
        }));

        Assert.Equal(15, NodePeer.Passed(printed));
    }
}
