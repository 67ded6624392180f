using System.Buffers.Binary;
using System.Globalization;

namespace Rally.Ledger.Journal;

/// <summary>
/// Ids that callers make: UUIDs of version 7 (RFC 9562). In order of time they keep the log's index quick and tell the writer
/// without a look that they are new; one from far ahead would make every later one look old.
/// </summary>
internal static class CallerId
{
    private static readonly TimeSpan FurthestAhead = TimeSpan.FromHours(1);

    /// <returns>What is wrong with an id that a caller calls 'id', in words; null when it may be used.</returns>
    public static string? Fault(Guid id, DateTimeOffset now)
    {
        if (id.Version != 7)
            return "'id' must be a UUID of version 7.";
        var made = MadeAt(id);
        return made <= (now + FurthestAhead).ToUnixTimeMilliseconds()
            ? null
            : $"'id' says that it was made more than an hour from now, {now.ToString("u", CultureInfo.InvariantCulture)}: set the clock of the machine that makes it.";
    }

    /// <summary>Milliseconds since 1970 UTC, the first 48 bits.</summary>
    private static long MadeAt(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16;
    }
}
