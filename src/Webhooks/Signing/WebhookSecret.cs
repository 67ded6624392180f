using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Rally.Webhooks.Signing;

/// <summary>
/// A symmetric signing key of Standard Webhooks, written <c>whsec_</c> and base64. <see cref="ToString"/> hides it,
/// so that it cannot slip into a log.
/// </summary>
public sealed class WebhookSecret
{
    private const string Prefix = "whsec_";

    // The specification asks for 24 to 64 bytes.
    private const int LeastBytes = 24;
    private const int MostBytes = 64;

    private readonly byte[] _key;

    private WebhookSecret(byte[] key) => _key = key;

    internal ReadOnlySpan<byte> Key => _key;

    /// <summary>A new random key of 32 bytes.</summary>
    public static WebhookSecret Create() => new(RandomNumberGenerator.GetBytes(32));

    /// <summary>Reads <c>whsec_</c> and 24 to 64 bytes as base64; the prefix may be absent.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WebhookSecret? secret)
    {
        secret = null;
        if (text is null || text.Length > 200)
            return false;
        var base64 = text.AsSpan(text.StartsWith(Prefix, StringComparison.Ordinal) ? Prefix.Length : 0);
        var key = new byte[base64.Length];
        if (!Convert.TryFromBase64Chars(base64, key, out var length) || length is < LeastBytes or > MostBytes)
            return false;
        secret = new(key[..length]);
        return true;
    }

    /// <summary>Reads what <see cref="TryParse"/> reads.</summary>
    /// <exception cref="FormatException">It is not a signing secret; the message does not repeat it.</exception>
    public static WebhookSecret Parse(string? text) => TryParse(text, out var secret)
        ? secret
        : throw new FormatException($"A signing secret is '{Prefix}' and {LeastBytes} to {MostBytes} bytes in base64.");

    /// <summary>The secret in full, to be shown once to its owner or stored encrypted.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(_key);

    /// <inheritdoc/>
    public override string ToString() => Prefix + "…";
}
