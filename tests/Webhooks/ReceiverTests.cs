using System.Text;
using Microsoft.AspNetCore.Http;
using Rally.Testing;
using Rally.Webhooks.Incoming;
using Rally.Webhooks.Signing;
using Xunit;

namespace Rally.Webhooks.Tests;

public sealed class ReceiverTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"type":"transfer.posted"}""");

    private readonly FakeClock _clock = new();
    private readonly WebhookSecret _secret = WebhookSecret.Create();

    [Theory]
    [InlineData(0)]
    [InlineData(-300)]
    [InlineData(300)]
    public async Task A_signed_message_within_five_minutes_is_accepted(int secondsOff)
    {
        var receipt = await Receiver().ReceiveAsync(Request(secondsOff), default);

        var accepted = Assert.IsType<WebhookReceipt.Accepted>(receipt);
        Assert.Equal("msg_1", accepted.Id);
        Assert.Equal(Body, accepted.Body.ToArray());
        Assert.Equal(secondsOff, (accepted.Timestamp - _clock.GetUtcNow()).TotalSeconds, tolerance: 1);
    }

    [Fact]
    public async Task During_a_rotation_the_old_secret_still_counts() =>
        Assert.IsType<WebhookReceipt.Accepted>(
            await new WebhookReceiver([WebhookSecret.Create(), _secret], _clock).ReceiveAsync(Request(), default));

    [Theory]
    [InlineData(-302, WebhookRefusal.TooOld)]
    [InlineData(302, WebhookRefusal.TooNew)]
    public async Task A_message_of_another_time_is_refused(int secondsOff, WebhookRefusal refusal) =>
        await RefusedAsync(refusal, Request(secondsOff));

    [Fact]
    public async Task A_changed_body_or_a_strangers_signature_is_refused()
    {
        await RefusedAsync(WebhookRefusal.BadSignature, Request(body: "{}"u8.ToArray()));
        await RefusedAsync(WebhookRefusal.BadSignature, Request(signedWith: WebhookSecret.Create()));
        await RefusedAsync(WebhookRefusal.BadSignature, Request(secondsOff: -9999, signedWith: WebhookSecret.Create()));
    }

    [Theory]
    [InlineData(WebhookSignature.IdHeader, null)]
    [InlineData(WebhookSignature.IdHeader, "")]
    [InlineData(WebhookSignature.TimestampHeader, null)]
    [InlineData(WebhookSignature.TimestampHeader, "yesterday")]
    [InlineData(WebhookSignature.TimestampHeader, "-1")]
    [InlineData(WebhookSignature.TimestampHeader, "999999999999999")]
    [InlineData(WebhookSignature.SignatureHeader, null)]
    public async Task A_header_that_is_absent_or_misshapen_is_refused(string header, string? value)
    {
        var request = Request();
        request.Headers[header] = value;
        await RefusedAsync(WebhookRefusal.BadHeaders, request);
    }

    [Fact]
    public async Task A_header_that_is_there_twice_is_refused()
    {
        var request = Request();
        request.Headers.Append(WebhookSignature.IdHeader, "msg_2");
        await RefusedAsync(WebhookRefusal.BadHeaders, request);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_is_too_large_is_refused_whether_it_says_so_or_not(bool saysLength)
    {
        var request = Request(body: new byte[64 * 1024 + 1]);
        request.ContentLength = saysLength ? request.ContentLength : null;
        await RefusedAsync(WebhookRefusal.TooLarge, request);
    }

    private async Task RefusedAsync(WebhookRefusal refusal, HttpRequest request) =>
        Assert.Equal(new WebhookReceipt.Refused(refusal), await Receiver().ReceiveAsync(request, default));

    private WebhookReceiver Receiver() => new([_secret], _clock);

    private HttpRequest Request(int secondsOff = 0, byte[]? body = null, WebhookSecret? signedWith = null)
    {
        var timestamp = _clock.GetUtcNow().ToUnixTimeSeconds() + secondsOff;
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(body ?? Body);
        request.ContentLength = request.Body.Length;
        request.Headers[WebhookSignature.IdHeader] = "msg_1";
        request.Headers[WebhookSignature.TimestampHeader] = $"{timestamp}";
        request.Headers[WebhookSignature.SignatureHeader] = WebhookSignature.Sign(signedWith ?? _secret, "msg_1", timestamp, Body);
        return request;
    }
}
