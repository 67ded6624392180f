using System.Security.Cryptography;
using System.Text;

namespace Rally.Auth.Server;

/// <summary>
/// Keeps a refresh token's successor so that only the token it replaced opens it: the store has neither of them, so
/// neither the store nor an old token is enough. AES-256-GCM; nonce, tag and ciphertext in a row.
/// </summary>
internal static class SuccessorSeal
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    private static readonly byte[] Purpose = "Rally.Auth.RefreshSuccessor.v1"u8.ToArray();

    public static byte[] Seal(string token, string successor)
    {
        using var cipher = CipherOf(token);
        var text = Encoding.ASCII.GetBytes(successor);
        var kept = new byte[NonceBytes + TagBytes + text.Length];
        RandomNumberGenerator.Fill(kept.AsSpan(0, NonceBytes));
        cipher.Encrypt(kept.AsSpan(0, NonceBytes), text, kept.AsSpan(NonceBytes + TagBytes), kept.AsSpan(NonceBytes, TagBytes));
        return kept;
    }

    /// <exception cref="CryptographicException">The store was tampered with.</exception>
    public static string Open(string token, byte[] kept)
    {
        using var cipher = CipherOf(token);
        var text = new byte[kept.Length - NonceBytes - TagBytes];
        cipher.Decrypt(kept.AsSpan(0, NonceBytes), kept.AsSpan(NonceBytes + TagBytes), kept.AsSpan(NonceBytes, TagBytes), text);
        return Encoding.ASCII.GetString(text);
    }

    private static AesGcm CipherOf(string token) =>
        new(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.ASCII.GetBytes(token), KeyBytes, info: Purpose), TagBytes);
}
