using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Rally.Auth.SecondFactors;

/// <summary>
/// Time-based one-time passwords (RFC 6238): HMAC-SHA-1, steps of 30 seconds, six digits, which is what every authenticator
/// app takes. Not the framework's own, which reads the machine's clock and does not tell which step a code was of.
/// </summary>
internal static class Totp
{
    public const int KeyBytes = 20;
    private const int StepSeconds = 30;
    private const int Codes = 1_000_000;

    // One step to either side, for clocks that differ and people who type slowly (RFC 6238, 5.2).
    private const int Tolerance = 1;

    public static byte[] NewKey() => RandomNumberGenerator.GetBytes(KeyBytes);

    public static long StepOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    public static string Code(byte[] key, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
        Span<byte> hash = stackalloc byte[20];
        // RFC 6238's default, and the only one that apps have in common; HMAC does not rest on SHA-1's resistance to collisions.
#pragma warning disable CA5350
        HMACSHA1.HashData(key, counter, hash);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash[(hash[^1] & 0xf)..]) & int.MaxValue;
        return (number % Codes).ToString("000000", CultureInfo.InvariantCulture);
    }

    /// <returns>The step whose code it is, the newest first; null when it is of none near <paramref name="now"/>.</returns>
    public static long? Match(byte[] key, string code, DateTimeOffset now)
    {
        var step = StepOf(now);
        for (var candidate = step + Tolerance; candidate >= step - Tolerance; candidate--)
        {
            if (CryptographicOperations.FixedTimeEquals(System.Text.Encoding.ASCII.GetBytes(Code(key, candidate)), System.Text.Encoding.UTF8.GetBytes(code)))
                return candidate;
        }

        return null;
    }

    /// <summary>What authenticator apps read from a link or a QR code.</summary>
    public static string Uri(byte[] key, string userName, string host) =>
        $"otpauth://totp/{System.Uri.EscapeDataString($"Rally {host}:{userName}")}?secret={Base32.Encode(key)}&issuer={System.Uri.EscapeDataString($"Rally {host}")}";
}
