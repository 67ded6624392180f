using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Rally.Webhooks.Signing;

/// <summary>
/// An Ed25519 key pair (RFC 8032) with which an endpoint's messages are signed as Standard Webhooks' version 1a: whoever has the
/// public key can verify them, and sign none.
/// </summary>
public sealed class WebhookKeyPair
{
    internal static readonly int SignatureBytes = Ed25519.SignatureSize;

    private readonly byte[] _seed;
    private readonly byte[] _publicKey = new byte[Ed25519.PublicKeySize];

    private WebhookKeyPair(byte[] seed)
    {
        _seed = seed;
        Ed25519.GeneratePublicKey(seed, 0, _publicKey, 0);
    }

    /// <summary>The public key, to be given to whoever verifies.</summary>
    public WebhookPublicKey PublicKey => new(_publicKey);

    internal ReadOnlySpan<byte> Seed => _seed;

    /// <summary>A new random key pair.</summary>
    public static WebhookKeyPair Create() => new(RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize));

    /// <summary>The key pair of a seed of 32 bytes.</summary>
    /// <exception cref="ArgumentException">It has another length.</exception>
    internal static WebhookKeyPair FromSeed(ReadOnlySpan<byte> seed) => seed.Length == Ed25519.SecretKeySize
        ? new(seed.ToArray())
        : throw new ArgumentException($"An Ed25519 seed has {Ed25519.SecretKeySize} bytes, not {seed.Length}.", nameof(seed));

    internal byte[] Sign(byte[] content)
    {
        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(_seed, 0, content, 0, content.Length, signature, 0);
        return signature;
    }

    /// <inheritdoc/>
    public override string ToString() => PublicKey.ToString();
}
