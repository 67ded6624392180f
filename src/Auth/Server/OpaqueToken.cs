using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rally.Auth.Server;

/// <summary>
/// Codes, access tokens and refresh tokens: at least 256 random bits in base64url. Only the SHA-256 is kept; with that much
/// entropy it needs neither salt nor stretching. Of those that come in crowds, the first eight characters are when they were
/// made, which whoever got one knows: kept before the hash, it has the store add them all at one end of its index.
/// </summary>
internal static class OpaqueToken
{
    private const int Bytes = 32;
    private const int Length = 43;

    // Together no rest in base64url.
    private const int TimeBytes = 6;
    private const int BytesAfterTime = 33;
    private const int TimedLength = 52;
    private const int TimeLength = 8;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>One that begins with its time, in milliseconds since 1970 UTC.</summary>
    public static string New(DateTimeOffset now)
    {
        Span<byte> random = stackalloc byte[BytesAfterTime];
        RandomNumberGenerator.Fill(random);
        return New(now, random);
    }

    /// <summary>The same, of bytes that nobody can tell from random ones.</summary>
    public static string New(DateTimeOffset now, ReadOnlySpan<byte> random)
    {
        Span<byte> token = stackalloc byte[TimeBytes + BytesAfterTime];
        var time = now.ToUnixTimeMilliseconds();
        for (var i = TimeBytes - 1; i >= 0; i--, time >>= 8)
            token[i] = (byte)time;
        random[..BytesAfterTime].CopyTo(token[TimeBytes..]);
        return Base64Url.EncodeToString(token);
    }

    /// <returns>What it is kept and looked up by, or null when <paramref name="token"/> cannot be one of ours.</returns>
    public static byte[]? Hash(string? token)
    {
        if (token is not { Length: Length or TimedLength } || !Base64Url.IsValid(token))
            return null;
        if (token.Length == Length)
            return SHA256.HashData(Encoding.ASCII.GetBytes(token));
        var kept = new byte[TimeBytes + SHA256.HashSizeInBytes];
        // White space is valid too, and then there is no time.
        if (Base64Url.DecodeFromChars(token.AsSpan(0, TimeLength), kept, out _, out var decoded) != System.Buffers.OperationStatus.Done || decoded != TimeBytes)
            return null;
        SHA256.HashData(Encoding.ASCII.GetBytes(token), kept.AsSpan(TimeBytes));
        return kept;
    }
}
