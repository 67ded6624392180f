using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Incoming;
using Rally.Webhooks.Signing;
using Xunit;

namespace Rally.Peers.Tests;

/// <summary>Our webhooks against the standardwebhooks package, in both directions.</summary>
public sealed class StandardWebhooksTests
{
    private const string Script = "standardwebhooks.mjs";

    [Theory, EachEngine]
    public async Task The_package_verifies_our_deliveries_and_no_changed_ones(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var network = await WebhookHost.StartAsync(store);
        using var peer = NodePeer.Start(Script, "receive");
        try
        {
            using var http = new HttpClient();
            var receiver = await peer.StandardOutput.ReadLineAsync();
            using var subscribed = await http.PostAsJsonAsync(
                network.Urls.Single() + "/api/webhook-endpoints", new { url = receiver + "/hook", events = new[] { "transfer.posted" } });
            var subscription = await subscribed.Content.ReadFromJsonAsync<JsonObject>();
            using var told = await http.PutAsync(receiver + "/secret", new StringContent((string)subscription!["secret"]!));

            foreach (var symbol in new[] { "PTM", "ALLIE", "KSK" })
                await network.Services.GetRequiredService<LaunchCoin>().ExecuteAsync(
                    LaunchCoin.Request.Fixed(symbol, $"Coin “{symbol}” ✓", Guid.NewGuid(), Amount.Coins(100)), default);

            JsonArray report = [];
            await Eventually.TrueAsync(
                async () => (report = (await http.GetFromJsonAsync<JsonArray>(receiver + "/report"))!).Count == 3, "three deliveries");
            Assert.Equal(
                Enumerable.Range(1, 3).Select(position => $"msg_{Guid.Parse((string)subscription["id"]!):N}_{position}"),
                report.Select(seen => (string)seen!["id"]!));
            Assert.All(report, seen =>
            {
                Assert.Null(seen!["error"]);
                Assert.Equal("transfer.posted", (string?)seen["type"]);
                Assert.Equal("application/json", (string?)seen["contentType"]);
                Assert.Equal(0, (int)seen["tamperedAccepted"]!);
            });
        }
        finally
        {
            peer.Kill();
            await peer.WaitForExitAsync();
        }
    }

    [Theory, EachEngine]
    public async Task While_keys_are_replaced_both_the_old_and_the_new_verify(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var network = await WebhookHost.StartAsync(store);
        using var peer = NodePeer.Start(Script, "receive");
        try
        {
            using var http = new HttpClient();
            var receiver = await peer.StandardOutput.ReadLineAsync();
            var endpoints = network.Urls.Single() + "/api/webhook-endpoints";
            var made = await PostAsync(http, endpoints, new { url = receiver + "/hook", events = new[] { "transfer.posted" }, signatures = new[] { "v1", "v1a" } });
            var secret = await PostAsync(http, $"{endpoints}/{made["id"]}/keys", new { kind = "v1" });
            var pair = await PostAsync(http, $"{endpoints}/{made["id"]}/keys", new { kind = "v1a" });
            using var told = await http.PutAsJsonAsync(receiver + "/verifiers", new
            {
                secrets = new[] { (string)made["secret"]!, (string)secret["secret"]!, WebhookSecret.Create().Reveal() },
                publicKeys = new[] { (string)made["publicKey"]!, (string)pair["publicKey"]!, WebhookKeyPair.Create().PublicKey.ToString() },
            });

            await network.Services.GetRequiredService<LaunchCoin>().ExecuteAsync(
                LaunchCoin.Request.Fixed("PTM", "Coin “PTM” ✓", Guid.NewGuid(), Amount.Coins(100)), default);

            JsonArray report = [];
            await Eventually.TrueAsync(
                async () => (report = (await http.GetFromJsonAsync<JsonArray>(receiver + "/report"))!).Count == 1, "a delivery");
            Assert.Equal(
                """{"secrets":[true,true,false],"publicKeys":[true,true,false],"changedVerifies":false}""", report[0]!.ToJsonString());
        }
        finally
        {
            peer.Kill();
            await peer.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Our_receiver_accepts_what_the_package_signs_and_no_changed_one()
    {
        var secret = WebhookSecret.Create();
        const string Body = """{"type":"transfer.posted","note":"für dich ✓"}""";
        var signed = await NodePeer.RunAsync(Script, "sign", secret.Reveal(), "msg_1", Body);
        var headers = new HeaderDictionary();
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(signed)!)
            headers[name] = value;
        var receiver = new WebhookReceiver([secret], TimeProvider.System);

        var accepted = Assert.IsType<WebhookReceipt.Accepted>(receiver.Receive(headers, Encoding.UTF8.GetBytes(Body)));
        var changed = receiver.Receive(headers, Encoding.UTF8.GetBytes(Body.Replace("dich", "mich", StringComparison.Ordinal)));

        Assert.Equal("msg_1", accepted.Id);
        Assert.Equal(new WebhookReceipt.Refused(WebhookRefusal.BadSignature), changed);
    }

    private static async Task<JsonObject> PostAsync(HttpClient http, string url, object body)
    {
        using var answer = await http.PostAsJsonAsync(url, body);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }
}
