using System.Diagnostics.CodeAnalysis;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Rally.Webhooks.Signing;

/// <summary>An Ed25519 public key of Standard Webhooks, written <c>whpk_</c> and base64.</summary>
public sealed class WebhookPublicKey
{
    private const string Prefix = "whpk_";

    private readonly byte[] _key;

    internal WebhookPublicKey(byte[] key) => _key = key;

    /// <summary>Reads <c>whpk_</c> and 32 bytes as base64; the prefix may be absent.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WebhookPublicKey? key)
    {
        key = null;
        if (text is null || text.Length > 100)
            return false;
        var base64 = text.AsSpan(text.StartsWith(Prefix, StringComparison.Ordinal) ? Prefix.Length : 0);
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64Chars(base64, bytes, out var length) || length != Ed25519.PublicKeySize)
            return false;
        key = new(bytes[..length]);
        return true;
    }

    internal bool Verifies(byte[] content, byte[] signature) =>
        signature.Length == Ed25519.SignatureSize && Ed25519.Verify(signature, 0, _key, 0, content, 0, content.Length);

    /// <summary>As it is written down.</summary>
    public override string ToString() => Prefix + Convert.ToBase64String(_key);
}
