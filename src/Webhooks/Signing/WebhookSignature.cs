using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rally.Webhooks.Signing;

/// <summary>
/// Signatures of Standard Webhooks, version 1: <c>v1,</c> and the base64 HMAC-SHA256 of <c>id.timestamp.body</c>
/// (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
/// </summary>
public static class WebhookSignature
{
    /// <summary>The header with the message's id, the same on every attempt.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>The header with the time of the attempt in seconds since 1970 UTC.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>The header with one or more signatures, separated by spaces.</summary>
    public const string SignatureHeader = "webhook-signature";

    private const string Version = "v1,";
    private const int MacBytes = HMACSHA256.HashSizeInBytes;

    // A rotation has two signatures, an issuer with both kinds four; nobody has more than this many.
    private const int MostSignatures = 16;

    /// <summary>Signs a message.</summary>
    /// <param name="secret">The endpoint's secret.</param>
    /// <param name="id">The message's id; without a full stop, which separates the signed parts.</param>
    /// <param name="timestampSeconds">Seconds since 1970 UTC.</param>
    /// <param name="body">The body's exact bytes.</param>
    public static string Sign(WebhookSecret secret, string id, long timestampSeconds, ReadOnlySpan<byte> body)
    {
        Span<byte> mac = stackalloc byte[MacBytes];
        Compute(secret, id, timestampSeconds, body, mac);
        return Version + Convert.ToBase64String(mac);
    }

    /// <summary>
    /// Whether one of the signatures in <paramref name="signatures"/> was made with one of <paramref name="secrets"/>;
    /// signatures of other versions are passed over. Takes as long for a wrong signature as for a right one.
    /// </summary>
    /// <param name="secrets">The secret, and during a rotation the old one too.</param>
    /// <param name="id">What <see cref="IdHeader"/> says.</param>
    /// <param name="timestampSeconds">What <see cref="TimestampHeader"/> says.</param>
    /// <param name="body">The body's exact bytes as received.</param>
    /// <param name="signatures">What <see cref="SignatureHeader"/> says.</param>
    public static bool Verify(
        IEnumerable<WebhookSecret> secrets, string id, long timestampSeconds, ReadOnlySpan<byte> body, string signatures)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        ArgumentNullException.ThrowIfNull(signatures);
        var given = Parse(signatures);
        var verified = false;
        Span<byte> mac = stackalloc byte[MacBytes];
        foreach (var secret in secrets)
        {
            Compute(secret, id, timestampSeconds, body, mac);
            foreach (var signature in given)
                verified |= CryptographicOperations.FixedTimeEquals(mac, signature);
        }

        return verified;
    }

    private static List<byte[]> Parse(string signatures)
    {
        var parsed = new List<byte[]>();
        foreach (var signature in signatures.Split(' ', MostSignatures + 1, StringSplitOptions.RemoveEmptyEntries).Take(MostSignatures))
        {
            var mac = new byte[MacBytes];
            if (signature.StartsWith(Version, StringComparison.Ordinal)
                && Convert.TryFromBase64Chars(signature.AsSpan(Version.Length), mac, out var length)
                && length == MacBytes)
                parsed.Add(mac);
        }

        return parsed;
    }

    private static void Compute(WebhookSecret secret, string id, long timestampSeconds, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        ArgumentNullException.ThrowIfNull(secret);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret.Key);
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestampSeconds}.")));
        hmac.AppendData(body);
        hmac.GetHashAndReset(mac);
    }
}
