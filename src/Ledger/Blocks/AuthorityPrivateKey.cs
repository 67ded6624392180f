using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Rally.Ledger.Blocks;

/// <summary>An Ed25519 key pair (RFC 8032) that signs blocks and the next key's introduction.</summary>
internal sealed class AuthorityPrivateKey
{
    public const int PublicKeySize = 32;
    public const int SignatureSize = 64;

    private const string PemLabel = "PRIVATE KEY";

    // PKCS#8 (RFC 8410): SEQUENCE { 0, SEQUENCE { 1.3.101.112 }, OCTET STRING { OCTET STRING of the 32-byte seed } }.
    private static readonly byte[] Pkcs8Start = Convert.FromHexString("302e020100300506032b657004220420");

    private readonly byte[] _seed;

    public AuthorityPrivateKey(byte[] seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, Ed25519.SecretKeySize, nameof(seed));
        _seed = seed;
        PublicKey = new byte[PublicKeySize];
        Ed25519.GeneratePublicKey(seed, 0, PublicKey, 0);
    }

    public byte[] PublicKey { get; }

    public static AuthorityPrivateKey Create(RandomNumberGenerator random)
    {
        var seed = new byte[Ed25519.SecretKeySize];
        random.GetBytes(seed);
        return new(seed);
    }

    /// <summary>Reads what <see cref="ToPem"/> or <c>openssl genpkey -algorithm ed25519</c> writes.</summary>
    /// <returns>Null when the text is anything else.</returns>
    public static AuthorityPrivateKey? FromPem(string text)
    {
        if (!PemEncoding.TryFind(text, out var fields) || !text.AsSpan()[fields.Label].SequenceEqual(PemLabel))
            return null;
        var der = Convert.FromBase64String(text[fields.Base64Data]);
        return der.Length == Pkcs8Start.Length + Ed25519.SecretKeySize && der.AsSpan().StartsWith(Pkcs8Start)
            ? new(der[Pkcs8Start.Length..])
            : null;
    }

    public static bool Verify(byte[] publicKey, byte[] message, byte[] signature) =>
        publicKey.Length == PublicKeySize && signature.Length == SignatureSize &&
        Ed25519.Verify(signature, 0, publicKey, 0, message, 0, message.Length);

    public byte[] Sign(byte[] message)
    {
        var signature = new byte[SignatureSize];
        Ed25519.Sign(_seed, 0, message, 0, message.Length, signature, 0);
        return signature;
    }

    /// <summary>PKCS#8 in PEM; the secret itself.</summary>
    public string ToPem() => PemEncoding.WriteString(PemLabel, [.. Pkcs8Start, .. _seed]) + "\n";
}
