using System.Globalization;
using Microsoft.AspNetCore.Http;
using Rally.Webhooks.Signing;

namespace Rally.Webhooks.Incoming;

/// <summary>
/// Decides whether an incoming Standard Webhooks message is to be believed.
/// <para>
/// Delivery is at least once, so the caller sees to it that a message works once: in the transaction that does the
/// work, insert <see cref="WebhookReceipt.Accepted.Id"/> under a unique key, and when it is there already do nothing
/// and answer 2xx. Keep ids for seven days: a sender tries for about four, each time with a new timestamp. Work that
/// comes out the same when done twice needs no ids.
/// </para>
/// </summary>
/// <param name="secrets">The endpoint's secret, and during a rotation the old one too.</param>
/// <param name="time">What is fresh is measured against.</param>
public sealed class WebhookReceiver(IReadOnlyCollection<WebhookSecret> secrets, TimeProvider time)
{
    /// <summary>How far a timestamp may be off, either way.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Bodies above this many bytes are refused unread.</summary>
    public int MaxBodyBytes { get; init; } = 64 * 1024;

    /// <summary>Reads the request's body, no further than <see cref="MaxBodyBytes"/>, and decides.</summary>
    public async Task<WebhookReceipt> ReceiveAsync(HttpRequest request, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await LimitedBody.ReadAsync(request, MaxBodyBytes, stop) is { } body
            ? Receive(request.Headers, body)
            : new WebhookReceipt.Refused(WebhookRefusal.TooLarge);
    }

    /// <summary>Decides over a body that is read already.</summary>
    public WebhookReceipt Receive(IHeaderDictionary headers, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (body.Length > MaxBodyBytes)
            return new WebhookReceipt.Refused(WebhookRefusal.TooLarge);
        if (headers[WebhookSignature.IdHeader] is not [{ Length: > 0 and <= 256 } id]
            || headers[WebhookSignature.TimestampHeader] is not [{ Length: > 0 } seconds]
            || headers[WebhookSignature.SignatureHeader] is not [{ Length: > 0 } signatures]
            || !long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var timestampSeconds)
            || timestampSeconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return new WebhookReceipt.Refused(WebhookRefusal.BadHeaders);
        // The signature comes first: an age that nobody signed says nothing.
        if (!WebhookSignature.Verify(secrets, id, timestampSeconds, body.Span, signatures))
            return new WebhookReceipt.Refused(WebhookRefusal.BadSignature);

        var timestamp = DateTimeOffset.FromUnixTimeSeconds(timestampSeconds);
        return Freshness.Fault(timestamp, time.GetUtcNow(), mostAge: Tolerance, mostAhead: Tolerance) is { } fault
            ? new WebhookReceipt.Refused(fault)
            : new WebhookReceipt.Accepted(id, timestamp, body);
    }
}
