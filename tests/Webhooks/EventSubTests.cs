using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Rally.Testing;
using Rally.Webhooks.Incoming;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class EventSubTests
{
    private const string Secret = "s3cre7s3cre7";
    private const string Subscription = "f1c2a387-161a-49f9-a165-0f21d7a4e1c4";
    private const string Event = $$$"""{"subscription":{"id":"{{{Subscription}}}","type":"channel.follow","status":"enabled"},"event":{"user_id":"1337"}}""";
    private const string Challenge = $$$"""{"challenge":"pogchamp-kappa-360noscope-vohiyo","subscription":{"id":"{{{Subscription}}}","type":"channel.follow","status":"webhook_callback_verification_pending"}}""";
    private const string Revocation = $$$"""{"subscription":{"id":"{{{Subscription}}}","type":"channel.follow","status":"authorization_revoked"}}""";

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task A_signed_notification_is_accepted_with_its_id()
    {
        var notification = Assert.IsType<EventSubReceipt.Notification>(await ReceiveAsync(Request("notification", Event)));
        Assert.Equal(("id-1", Subscription, "channel.follow"), (notification.Id, notification.SubscriptionId, notification.Type));
        Assert.Equal(Event, Encoding.UTF8.GetString(notification.Body.Span));
    }

    [Fact]
    public async Task The_challenge_is_what_is_to_be_answered() =>
        Assert.Equal(
            new EventSubReceipt.Challenge(Subscription, "pogchamp-kappa-360noscope-vohiyo"),
            await ReceiveAsync(Request("webhook_callback_verification", Challenge)));

    [Fact]
    public async Task A_revocation_says_why() =>
        Assert.Equal(
            new EventSubReceipt.Revoked(Subscription, "channel.follow", "authorization_revoked"),
            await ReceiveAsync(Request("revocation", Revocation)));

    [Theory]
    [InlineData(-601, WebhookRefusal.TooOld)]
    [InlineData(301, WebhookRefusal.TooNew)]
    public async Task A_message_of_another_time_is_refused(int secondsOff, WebhookRefusal refusal) =>
        await RefusedAsync(refusal, Request("notification", Event, secondsOff));

    [Theory]
    [InlineData(-599)]
    [InlineData(299)]
    public async Task A_message_of_about_now_is_not(int secondsOff) =>
        Assert.IsType<EventSubReceipt.Notification>(await ReceiveAsync(Request("notification", Event, secondsOff)));

    [Fact]
    public async Task Whatever_is_changed_is_refused()
    {
        var body = Request("notification", Event);
        body.Body = new MemoryStream(Encoding.UTF8.GetBytes(Event.Replace("1337", "1338", StringComparison.Ordinal)));
        await RefusedAsync(WebhookRefusal.BadSignature, body);
        var id = Request("notification", Event);
        id.Headers["Twitch-Eventsub-Message-Id"] = "id-2";
        await RefusedAsync(WebhookRefusal.BadSignature, id);
        var time = Request("notification", Event);
        time.Headers["Twitch-Eventsub-Message-Timestamp"] = _clock.GetUtcNow().AddSeconds(1).ToString("O", CultureInfo.InvariantCulture);
        await RefusedAsync(WebhookRefusal.BadSignature, time);
        await RefusedAsync(WebhookRefusal.BadSignature, Request("notification", Event, secret: "another secret"));
        await RefusedAsync(WebhookRefusal.BadSignature, Request("notification", Event.Replace(Subscription, "a stranger's", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Twitch-Eventsub-Message-Id", null)]
    [InlineData("Twitch-Eventsub-Message-Timestamp", "yesterday")]
    [InlineData("Twitch-Eventsub-Message-Signature", null)]
    [InlineData("Twitch-Eventsub-Message-Type", null)]
    [InlineData("Twitch-Eventsub-Message-Type", "gossip")]
    public async Task A_header_that_is_absent_or_misshapen_is_refused(string header, string? value)
    {
        var request = Request("notification", Event);
        request.Headers[header] = value;
        await RefusedAsync(WebhookRefusal.BadHeaders, request);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"subscription\":7}")]
    [InlineData("{\"subscription\":{\"id\":7,\"type\":\"x\"}}")]
    [InlineData("{\"subscription\"")]
    [InlineData("{\"subscription\":{\"id\":\"\\ud800\",\"type\":\"x\"}}")]
    public async Task A_body_of_another_form_is_refused(string body) => await RefusedAsync(WebhookRefusal.BadHeaders, Request("notification", body));

    [Fact]
    public async Task A_verification_without_a_challenge_and_a_body_that_is_too_large_are_refused()
    {
        await RefusedAsync(WebhookRefusal.BadHeaders, Request("webhook_callback_verification", Event));
        await RefusedAsync(WebhookRefusal.TooLarge, Request("notification", new string(' ', 256 * 1024) + Event));
    }

    private async Task RefusedAsync(WebhookRefusal refusal, HttpRequest request) =>
        Assert.Equal(new EventSubReceipt.Refused(refusal), await ReceiveAsync(request));

    private Task<EventSubReceipt> ReceiveAsync(HttpRequest request) =>
        new EventSubReceiver(id => id == Subscription ? Secret : null, _clock).ReceiveAsync(request, default);

    // Twitch's times have nanoseconds.
    private HttpRequest Request(string type, string body, int secondsOff = 0, string secret = Secret)
    {
        var timestamp = _clock.GetUtcNow().AddSeconds(secondsOff).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
        var bytes = Encoding.UTF8.GetBytes(body);
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(bytes);
        request.ContentLength = bytes.Length;
        request.Headers["Twitch-Eventsub-Message-Id"] = "id-1";
        request.Headers["Twitch-Eventsub-Message-Timestamp"] = timestamp;
        request.Headers["Twitch-Eventsub-Message-Type"] = type;
        request.Headers["Twitch-Eventsub-Message-Signature"] =
            "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), (byte[])[.. Encoding.UTF8.GetBytes("id-1" + timestamp), .. bytes]));
        return request;
    }
}
