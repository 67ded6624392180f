using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Rally.Webhooks.Signing;

/// <summary>
/// Signatures of Standard Webhooks over <c>id.timestamp.body</c>: version 1 is <c>v1,</c> and the base64 HMAC-SHA256, version 1a
/// is <c>v1a,</c> and the base64 Ed25519 signature
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

    internal const string Symmetric = "v1,";
    private const string Asymmetric = "v1a,";

    // A rotation has two signatures, an issuer with both kinds four; nobody has more than this many.
    private const int MostSignatures = 16;

    /// <summary>Signs a message with a secret that the receiver has too.</summary>
    /// <param name="secret">The endpoint's secret.</param>
    /// <param name="id">The message's id; without a full stop, which separates the signed parts.</param>
    /// <param name="timestampSeconds">Seconds since 1970 UTC.</param>
    /// <param name="body">The body's exact bytes.</param>
    public static string Sign(WebhookSecret secret, string id, long timestampSeconds, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(secret);
        using var signer = new SecretSigner(secret);
        return signer.Sign(id, timestampSeconds, body);
    }

    /// <summary>Signs a message with a key whose public half the receiver has.</summary>
    /// <inheritdoc cref="Sign(WebhookSecret, string, long, ReadOnlySpan{byte})"/>
    public static string Sign(WebhookKeyPair key, string id, long timestampSeconds, ReadOnlySpan<byte> body)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Asymmetric + Convert.ToBase64String(key.Sign(Content(id, timestampSeconds, body)));
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
        var given = Parse(signatures, Symmetric, SecretSigner.MacBytes);
        var verified = false;
        Span<byte> mac = stackalloc byte[SecretSigner.MacBytes];
        foreach (var secret in secrets)
        {
            Compute(secret, id, timestampSeconds, body, mac);
            foreach (var signature in given)
                verified |= CryptographicOperations.FixedTimeEquals(mac, signature);
        }

        return verified;
    }

    /// <summary>
    /// Whether one of the signatures in <paramref name="signatures"/> was made with the private half of one of
    /// <paramref name="keys"/>; signatures of other versions are passed over.
    /// </summary>
    /// <param name="keys">The public key, and during a rotation the old one too.</param>
    /// <inheritdoc cref="Verify(IEnumerable{WebhookSecret}, string, long, ReadOnlySpan{byte}, string)"/>
    public static bool Verify(
        IEnumerable<WebhookPublicKey> keys, string id, long timestampSeconds, ReadOnlySpan<byte> body, string signatures)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(signatures);
        var content = Content(id, timestampSeconds, body);
        var given = Parse(signatures, Asymmetric, WebhookKeyPair.SignatureBytes);
        return keys.Any(key => given.Any(signature => key.Verifies(content, signature)));
    }

    private static List<byte[]> Parse(string signatures, string version, int bytes)
    {
        var parsed = new List<byte[]>();
        foreach (var signature in signatures.Split(' ', MostSignatures + 1, StringSplitOptions.RemoveEmptyEntries).Take(MostSignatures))
        {
            var content = new byte[bytes];
            if (signature.StartsWith(version, StringComparison.Ordinal)
                && Convert.TryFromBase64Chars(signature.AsSpan(version.Length), content, out var length)
                && length == bytes)
                parsed.Add(content);
        }

        return parsed;
    }

    private static void Compute(WebhookSecret secret, string id, long timestampSeconds, ReadOnlySpan<byte> body, Span<byte> mac)
    {
        ArgumentNullException.ThrowIfNull(secret);
        using var signer = new SecretSigner(secret);
        signer.Compute(id, timestampSeconds, body, mac);
    }

    internal static byte[] Content(string id, long timestampSeconds, ReadOnlySpan<byte> body) =>
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestampSeconds}.")), .. body];
}
