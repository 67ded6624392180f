using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Rally.Webhooks.Deliveries;

/// <summary>Ids (UUID version 7, RFC 9562, 5.7) are in the order of time: they begin with their 48 bits of milliseconds since 1970.</summary>
internal static class TimeOrder
{
    private const int BitsBehind = 16;
    private const long LastMillisecond = (1L << 48) - 1;

    // RFC 9562, 6.2, method 2: what is random is drawn once, and counted up from there.
    private static readonly long Drawn = RandomNumberGenerator.GetInt32(1 << 12);
    private static ulong _last = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 3;

    /// <summary>A new id. Of those of one millisecond the later one is the higher, which ones that are drawn anew are not.</summary>
    public static Guid NewIdAt(DateTimeOffset moment)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (moment.ToUnixTimeMilliseconds() << BitsBehind) | (7L << 12) | Drawn);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (2UL << 62) | Interlocked.Increment(ref _last));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The lowest id of a moment.</summary>
    public static Guid FirstIdOf(DateTimeOffset moment) => FirstIdOf(moment.ToUnixTimeMilliseconds());

    /// <summary>The lowest id of the moment that is <paramref name="later"/> than an id, whoever made that.</summary>
    public static Guid FirstIdAfter(Guid id, TimeSpan later) =>
        MillisecondsOf(id) + (long)later.TotalMilliseconds is <= LastMillisecond and var moment ? FirstIdOf(moment) : Guid.AllBitsSet;

    /// <summary>How much later the second id was made.</summary>
    public static TimeSpan Between(Guid first, Guid second) => TimeSpan.FromMilliseconds(MillisecondsOf(second) - MillisecondsOf(first));

    private static Guid FirstIdOf(long milliseconds)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, milliseconds << BitsBehind);
        return new Guid(bytes, bigEndian: true);
    }

    private static long MillisecondsOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >>> BitsBehind;
    }
}
