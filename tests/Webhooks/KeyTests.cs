using System.Text.Json.Nodes;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Signing;
using Rally.Webhooks.Tests.Setup;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class KeyTests
{
    private static readonly string[] Events = ["transfer.posted"];

    [Fact]
    public void A_signature_by_key_pair_is_good_for_its_public_key_and_nothing_else()
    {
        var key = WebhookKeyPair.Create();
        byte[] body = [1, 2, 3];
        var signature = WebhookSignature.Sign(key, "msg_1", 1_700_000_000, body);
        Assert.StartsWith("v1a,", signature, StringComparison.Ordinal);
        Assert.True(WebhookPublicKey.TryParse(key.PublicKey.ToString(), out var read));
        var other = WebhookKeyPair.Create().PublicKey;

        Assert.True(WebhookSignature.Verify([other, read], "msg_1", 1_700_000_000, body, $"v1,AAAA {signature}"));
        Assert.False(WebhookSignature.Verify([other], "msg_1", 1_700_000_000, body, signature));
        Assert.False(WebhookSignature.Verify([read], "msg_2", 1_700_000_000, body, signature));
        Assert.False(WebhookSignature.Verify([read], "msg_1", 1_700_000_001, body, signature));
        Assert.False(WebhookSignature.Verify([read], "msg_1", 1_700_000_000, [1, 2], signature));
        Assert.False(WebhookSignature.Verify([read], "msg_1", 1_700_000_000, body, signature.Replace("v1a", "v1", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("whpk_AAAA")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void What_is_no_public_key_is_none(string? text) => Assert.False(WebhookPublicKey.TryParse(text, out _));

    [Theory, EachEngine]
    public async Task While_a_secret_is_replaced_both_sign_and_then_the_new_one_alone(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url);

        var rotated = await network.DoAsync(subscription, "keys", new { kind = "v1", overlapSeconds = 3_600 }, status: 201);
        await network.PostAsync();
        var overlapping = (await receiver.ArrivedAsync(1))[0];
        // Or the answer would come too late by that clock.
        await network.StatusAsync(subscription, "position", 1);
        network.Clock.Advance(TimeSpan.FromHours(1));
        await network.PostAsync();
        var after = (await receiver.ArrivedAsync(2))[1];

        var (old, current) = (WebhookSecret.Parse(subscription.Secret), WebhookSecret.Parse((string?)rotated["secret"]));
        Assert.True(Verifies(old, overlapping) && Verifies(current, overlapping));
        Assert.False(Verifies(old, after));
        Assert.True(Verifies(current, after));
    }

    [Theory, EachEngine]
    public async Task Both_kinds_sign_where_both_are_asked_for_and_a_restart_changes_nothing(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(new { url = receiver.Url, events = Events, signatures = new[] { "v1", "v1a" } });
        await network.StopAsync();
        await network.StartAgainAsync();
        await network.PostAsync();

        var delivery = (await receiver.ArrivedAsync(1))[0];

        Assert.True(Verifies(WebhookSecret.Parse(subscription.Secret), delivery));
        Assert.True(WebhookPublicKey.TryParse(subscription.PublicKey, out var key));
        Assert.True(WebhookSignature.Verify([key], delivery.Id, delivery.Timestamp, delivery.Body, delivery.Signature));
        var keys = (await network.ReadAsync(subscription, "keys"))["keys"]!.AsArray();
        Assert.Equal(["v1", "v1a"], keys.Select(shown => (string?)shown!["kind"]).Order());
        Assert.Equal(subscription.PublicKey, keys.Select(shown => (string?)shown!["publicKey"]).Single(shown => shown is not null));
        Assert.DoesNotContain(subscription.Secret, keys.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_third_secret_ends_the_first_at_once(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(receiver.Url);
        var second = await network.DoAsync(subscription, "keys", new { kind = "v1" }, status: 201);
        var third = await network.DoAsync(subscription, "keys", new { kind = "v1" }, status: 201);
        await network.PostAsync();

        var delivery = (await receiver.ArrivedAsync(1))[0];

        Assert.False(Verifies(WebhookSecret.Parse(subscription.Secret), delivery));
        Assert.True(Verifies(SecretOf(second), delivery) && Verifies(SecretOf(third), delivery));
        Assert.Equal(2, (await network.ReadAsync(subscription, "keys"))["keys"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("v2", 10, "kind must be v1 or v1a.")]
    [InlineData("v1", -1, "overlapSeconds must be from 0 to 604800.")]
    [InlineData("v1", 604_801, "overlapSeconds must be from 0 to 604800.")]
    public async Task A_rotation_that_cannot_be_says_why(string kind, long overlapSeconds, string reason)
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite);
        var subscription = await network.SubscribeAsync("http://127.0.0.1:1/");
        var problem = await network.DoAsync(subscription, "keys", new { kind, overlapSeconds }, status: 422);
        Assert.Equal(reason, (string?)problem["detail"]);
        var stranger = subscription with { Id = Guid.NewGuid() };
        await network.DoAsync(stranger, "keys", new { kind = "v1" }, status: 404);
    }

    [Theory, EachEngine]
    public async Task Headers_of_the_owner_are_sent_and_only_their_names_are_shown(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(new
        {
            url = receiver.Url,
            events = Events,
            headers = new Dictionary<string, string> { ["Authorization"] = "Basic c2VjcmV0", ["X-Tenant"] = "seven" },
        });
        await network.PostAsync();
        var first = (await receiver.ArrivedAsync(1))[0];
        await network.PatchAsync(subscription, new { headers = new Dictionary<string, string> { ["X-Tenant"] = "eight" } });
        await network.PostAsync();
        var second = (await receiver.ArrivedAsync(2))[1];

        Assert.Equal(("Basic c2VjcmV0", "seven"), (first.Headers["Authorization"], first.Headers["X-Tenant"]));
        Assert.Equal("eight", second.Headers["X-Tenant"]);
        Assert.DoesNotContain("Authorization", second.Headers.Keys);
        var shown = await network.ReadAsync(subscription, "keys");
        Assert.Equal("[\"X-Tenant\"]", shown["headers"]!.ToJsonString());
    }

    [Theory, EachEngine]
    public async Task Without_the_hosts_keys_an_endpoint_still_shows_itself_and_works_again_with_new_ones(Engine engine)
    {
        await using var network = await TestNetwork.StartAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var subscription = await network.SubscribeAsync(new
        {
            url = receiver.Url,
            events = Events,
            signatures = new[] { "v1a" },
            headers = new Dictionary<string, string> { ["X-Tenant"] = "seven" },
        });
        await network.StopAsync();
        network.LoseKeys();
        await network.StartAgainAsync();

        var shown = await network.ReadAsync(subscription, "keys");

        Assert.Null(shown["keys"]!.AsArray().Single()!["publicKey"]);
        Assert.Empty(shown["headers"]!.AsArray());
        await network.PatchAsync(subscription, new { headers = new Dictionary<string, string>() });
        var rotated = await network.DoAsync(subscription, "keys", new { kind = "v1a", overlapSeconds = 0 }, status: 201);
        await network.DoAsync(subscription, "test", new { });
        var delivery = (await receiver.ArrivedAsync(1))[0];
        Assert.True(WebhookPublicKey.TryParse((string?)rotated["publicKey"], out var key));
        Assert.True(WebhookSignature.Verify([key], delivery.Id, delivery.Timestamp, delivery.Body, delivery.Signature));
    }

    [Theory]
    [InlineData("webhook-id", "x")]
    [InlineData("Host", "x")]
    [InlineData("content-length", "3")]
    [InlineData("X Y", "x")]
    [InlineData("X-A", "line\r\nbreak")]
    public async Task Headers_that_say_how_a_message_is_framed_are_refused(string name, string value)
    {
        await using var network = await TestNetwork.StartAsync(Engine.Sqlite);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => network.SubscribeAsync(new
        {
            url = "http://127.0.0.1:1/",
            events = Events,
            headers = new Dictionary<string, string> { [name] = value },
        }));
        Assert.Contains("headers", refused.Message, StringComparison.Ordinal);
    }

    private static WebhookSecret SecretOf(JsonObject rotated) => WebhookSecret.Parse((string?)rotated["secret"]);

    private static bool Verifies(WebhookSecret secret, Receiver.Received delivery) =>
        WebhookSignature.Verify([secret], delivery.Id, delivery.Timestamp, delivery.Body, delivery.Signature);
}
