using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Rally.Webhooks.Incoming;

/// <summary>
/// Decides whether a message is Twitch's, and what it asks for
/// (https://dev.twitch.tv/docs/eventsub/handling-webhook-events/). Delivery is at least once, so the caller sees to it that a
/// notification works once, by its id; ids need be kept no longer than <see cref="MostAge"/> with some margin.
/// </summary>
/// <param name="secretOf">The secret that a subscription was made with, by its id; null for one that is not known.</param>
/// <param name="time">What is fresh is measured against.</param>
public sealed class EventSubReceiver(Func<string, string?> secretOf, TimeProvider time)
{
    /// <summary>How old a message may be.</summary>
    public static readonly TimeSpan MostAge = TimeSpan.FromMinutes(10);

    private const string IdHeader = "Twitch-Eventsub-Message-Id";
    private const string TimestampHeader = "Twitch-Eventsub-Message-Timestamp";
    private const string SignatureHeader = "Twitch-Eventsub-Message-Signature";
    private const string TypeHeader = "Twitch-Eventsub-Message-Type";
    private const string SignatureStart = "sha256=";

    // How far Twitch's clock may be ahead of ours.
    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(5);

    private readonly byte[] _noSecret = RandomNumberGenerator.GetBytes(32);

    /// <summary>Bodies above this many bytes are refused unread.</summary>
    public int MaxBodyBytes { get; init; } = 256 * 1024;

    /// <summary>Reads the request's body, no further than <see cref="MaxBodyBytes"/>, and decides.</summary>
    public async Task<EventSubReceipt> ReceiveAsync(HttpRequest request, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await LimitedBody.ReadAsync(request, MaxBodyBytes, stop) is { } body
            ? Receive(request.Headers, body)
            : new EventSubReceipt.Refused(WebhookRefusal.TooLarge);
    }

    /// <summary>Decides over a body that is read already.</summary>
    public EventSubReceipt Receive(IHeaderDictionary headers, ReadOnlyMemory<byte> body)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (headers[IdHeader] is not [{ Length: > 0 and <= 256 } id]
            || headers[TimestampHeader] is not [{ Length: > 0 and <= 64 } timestampText]
            || headers[SignatureHeader] is not [{ Length: > 0 and <= 128 } signature]
            || headers[TypeHeader] is not [{ Length: > 0 } kind]
            || !DateTimeOffset.TryParse(timestampText, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var timestamp)
            || Subscription.Of(body) is not { } subscription)
            return new EventSubReceipt.Refused(WebhookRefusal.BadHeaders);
        // What the body says of its subscription counts only once it is signed with that subscription's secret.
        if (!IsSigned(subscription.Id, id + timestampText, body.Span, signature))
            return new EventSubReceipt.Refused(WebhookRefusal.BadSignature);

        if (Freshness.Fault(timestamp, time.GetUtcNow(), MostAge, MostAhead) is { } fault)
            return new EventSubReceipt.Refused(fault);
        return kind switch
        {
            "notification" => new EventSubReceipt.Notification(id, subscription.Id, subscription.Type, timestamp, body),
            "webhook_callback_verification" when subscription.Challenge is { } challenge => new EventSubReceipt.Challenge(subscription.Id, challenge),
            "revocation" => new EventSubReceipt.Revoked(subscription.Id, subscription.Type, subscription.Status),
            _ => new EventSubReceipt.Refused(WebhookRefusal.BadHeaders),
        };
    }

    private bool IsSigned(string subscriptionId, string start, ReadOnlySpan<byte> body, string signature)
    {
        // An unknown subscription takes as long as a known one.
        var secret = secretOf(subscriptionId) is { } known ? Encoding.UTF8.GetBytes(known) : null;
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret ?? _noSecret);
        hmac.AppendData(Encoding.UTF8.GetBytes(start));
        hmac.AppendData(body);
        var expected = Encoding.ASCII.GetBytes(SignatureStart + Convert.ToHexStringLower(hmac.GetHashAndReset()));
        return CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(signature)) && secret is not null;
    }

    /// <summary>What each body says of the subscription it is about.</summary>
    private sealed record Subscription(string Id, string Type, string Status, string? Challenge)
    {
        /// <returns>Null when it is no such body.</returns>
        public static Subscription? Of(ReadOnlyMemory<byte> body)
        {
            try
            {
                using var json = JsonDocument.Parse(body);
                if (json.RootElement.ValueKind != JsonValueKind.Object
                    || !json.RootElement.TryGetProperty("subscription", out var about)
                    || about.ValueKind != JsonValueKind.Object
                    || Text(about, "id") is not { } id
                    || Text(about, "type") is not { } type)
                    return null;
                return new(id, type, Text(about, "status") ?? "", Text(json.RootElement, "challenge"));
            }
            catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
            {
                // InvalidOperationException: a string that is no Unicode.
                return null;
            }
        }

        private static string? Text(JsonElement element, string name) =>
            element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
