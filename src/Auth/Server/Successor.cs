using System.Security.Cryptography;
using System.Text;

namespace Rally.Auth.Server;

/// <summary>
/// The refresh token that follows another one. It is made of that and a random salt, and the salt alone is kept, so that an answer
/// that was lost can be given again: the store has neither token, so neither the store nor an old token is enough. HMAC-SHA-512
/// with the used token as its key.
/// </summary>
internal static class Successor
{
    private const int SaltBytes = 32;

    private static readonly byte[] Purpose = "Rally.Auth.RefreshSuccessor.v2"u8.ToArray();

    public static (string Token, byte[] Salt) New(string used, DateTimeOffset now)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return (Of(used, salt, now), salt);
    }

    /// <param name="used">The token that was used for it.</param>
    /// <param name="seen">What the store kept then.</param>
    /// <exception cref="CryptographicException">The store was tampered with.</exception>
    public static string Again(string used, SeenRefreshToken seen)
    {
        var kept = seen.Successor!;
        var token = kept.Length == SaltBytes ? Of(used, kept, seen.UsedAt!.Value) : SealedSuccessor.Open(used, kept);
        return OpaqueToken.Hash(token).AsSpan().SequenceEqual(seen.RefreshHash)
            ? token
            : throw new CryptographicException("What is kept of a used refresh token does not make its successor.");
    }

    private static string Of(string used, byte[] salt, DateTimeOffset now)
    {
        Span<byte> message = stackalloc byte[Purpose.Length + SaltBytes];
        Purpose.CopyTo(message);
        salt.CopyTo(message[Purpose.Length..]);
        Span<byte> random = stackalloc byte[HMACSHA512.HashSizeInBytes];
        HMACSHA512.HashData(Encoding.ASCII.GetBytes(used), message, random);
        return OpaqueToken.New(now, random);
    }
}
