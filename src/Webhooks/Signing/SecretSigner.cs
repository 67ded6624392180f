using System.Globalization;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace Rally.Webhooks.Signing;

/// <summary>Signs many messages with one secret (HMAC-SHA256): the library takes up the key once, which takes as long as a message. One message at a time.</summary>
internal sealed class SecretSigner(WebhookSecret secret) : IDisposable
{
    public const int MacBytes = HMACSHA256.HashSizeInBytes;

    private readonly IncrementalHash _hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret.Key);

    /// <returns>A signature of the version <see cref="WebhookSignature.Symmetric"/>.</returns>
    public string Sign(string id, long timestampSeconds, ReadOnlySpan<byte> body)
    {
        Span<byte> mac = stackalloc byte[MacBytes];
        Compute(id, timestampSeconds, body, mac);
        return WebhookSignature.Symmetric + Convert.ToBase64String(mac);
    }

    public void Compute(string id, long timestampSeconds, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        Span<byte> prefix = stackalloc byte[256];
        if (Utf8.TryWrite(prefix, CultureInfo.InvariantCulture, $"{id}.{timestampSeconds}.", out var length))
        {
            _hmac.AppendData(prefix[..length]);
            _hmac.AppendData(body);
        }
        else
        {
            _hmac.AppendData(WebhookSignature.Content(id, timestampSeconds, body));
        }

        _hmac.GetHashAndReset(mac);
    }

    public void Dispose() => _hmac.Dispose();
}
