using System.Security.Cryptography;
using System.Text;

namespace Rally.Auth.Server;

/// <summary>
/// What was kept before there was <see cref="Successor"/>: the successor itself, sealed by AES-256-GCM with a key made of the token
/// that was used for it; nonce, tag and ciphertext in a row. Of use until the last of those tokens has expired.
/// </summary>
internal static class SealedSuccessor
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    private static readonly byte[] Purpose = "Rally.Auth.RefreshSuccessor.v1"u8.ToArray();

    /// <exception cref="CryptographicException">The store was tampered with.</exception>
    public static string Open(string used, byte[] kept)
    {
        using var cipher = new AesGcm(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.ASCII.GetBytes(used), KeyBytes, info: Purpose), TagBytes);
        var text = new byte[kept.Length - NonceBytes - TagBytes];
        cipher.Decrypt(kept.AsSpan(0, NonceBytes), kept.AsSpan(NonceBytes + TagBytes), kept.AsSpan(NonceBytes, TagBytes), text);
        return Encoding.ASCII.GetString(text);
    }
}
