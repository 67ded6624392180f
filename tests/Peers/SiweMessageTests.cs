using System.Text.Json;
using System.Text.Json.Nodes;
using Rally.Ethereum;
using Rally.Ethereum.SignIn;
using Rally.Ethereum.Tests;
using Rally.Testing;
using Xunit;

namespace Rally.Peers.Tests;

/// <summary>Our reading and writing of wallet messages against siwe's, and our recovery of signers against ethers', on random ones.</summary>
public sealed class SiweMessageTests
{
    private const int Messages = 300;

    [Fact]
    public async Task What_siwe_writes_is_read_and_its_signer_found()
    {
        var made = JsonNode.Parse(await NodePeer.RunAsync("siwe-messages.mjs", $"{Messages}"))!.AsArray();

        Assert.Equal(Messages, made.Count);
        foreach (var theirs in made)
        {
            var text = (string)theirs!["text"]!;
            var message = SignInMessage.Parse(text) ?? throw new InvalidOperationException($"Not read:\n{text}");
            Assert.Equal(text, message.ToText());
            Assert.Equal(
                ((string?)theirs["scheme"], (string?)theirs["domain"], (string?)theirs["address"], (string?)theirs["statement"], (string?)theirs["uri"]),
                (message.Scheme, message.Domain, message.Address.Text, message.Statement, message.Uri));
            Assert.Equal(
                ((ulong)theirs["chainId"]!, (string?)theirs["nonce"], (string?)theirs["requestId"], Time(theirs["issuedAt"]), Time(theirs["expirationTime"]), Time(theirs["notBefore"])),
                (message.ChainId, message.Nonce, message.RequestId, (DateTimeOffset?)message.IssuedAt, message.ExpirationTime, message.NotBefore));
            Assert.Equal(theirs["resources"].Deserialize<string[]>(), message.Resources);
            Assert.Equal(message.Address, PersonalMessage.RecoverSigner(text, (string?)theirs["signature"]));
            Assert.NotEqual(message.Address, PersonalMessage.RecoverSigner(text + " ", (string?)theirs["signature"]));
        }
    }

    [Fact]
    public async Task What_we_write_is_read_by_siwe_and_ethers_finds_the_same_signer()
    {
        var random = new Random(20261121);
        var messages = Enumerable.Range(0, Messages).Select(i =>
        {
            var wallet = new TestWallet(Convert.ToHexStringLower([.. Enumerable.Range(0, 32).Select(_ => (byte)random.Next(256))]));
            var now = DateTimeOffset.UnixEpoch.AddMilliseconds(random.NextInt64(2_000_000_000_000));
            return (wallet, message: new SignInMessage
            {
                Domain = "rally.example:8443",
                Address = wallet.Address,
                Statement = i % 2 == 0 ? null : $"Link this wallet to the Rally account fan-{i}.",
                Uri = "https://rally.example:8443/account/links",
                ChainId = (ulong)random.Next(1, int.MaxValue),
                Nonce = $"{random.NextInt64():00000000}",
                IssuedAt = now,
                ExpirationTime = now.AddMinutes(10),
            });
        }).ToList();
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "messages.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(messages.Select(made =>
            new { text = made.message.ToText(), signature = made.wallet.Sign(made.message.ToText()) })));

        var read = JsonNode.Parse(await NodePeer.RunAsync("siwe-messages.mjs", "0", file))!.AsArray();

        foreach (var ((wallet, ours), theirs) in messages.Zip(read))
        {
            Assert.Equal((wallet.Address.Text, wallet.Address.Text), ((string?)theirs!["address"], (string?)theirs["signer"]));
            Assert.Equal(
                (ours.Domain, ours.Statement, ours.Nonce, ours.ChainId, ours.IssuedAt, ours.ExpirationTime),
                ((string?)theirs["domain"], (string?)theirs["statement"], (string?)theirs["nonce"], (ulong)theirs["chainId"]!, Time(theirs["issuedAt"])!.Value, Time(theirs["expirationTime"])));
        }
    }

    private static DateTimeOffset? Time(JsonNode? text) => text is null ? null : DateTimeOffset.Parse((string)text!, System.Globalization.CultureInfo.InvariantCulture);
}
