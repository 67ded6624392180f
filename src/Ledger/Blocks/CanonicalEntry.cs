using System.Buffers;
using System.Security.Cryptography;

namespace Rally.Ledger.Blocks;

/// <summary>The canonical bytes of one row of the log; docs/chain.md has the layout.</summary>
internal static class CanonicalEntry
{
    // More than an entry without long details needs; the stack takes it.
    private const int UsualSize = 768;

    private const int FixedSize = (6 * CanonicalWriter.IntegerSize) + CanonicalWriter.IdSize;

    public static int SizeOf(in LogRow row) =>
        FixedSize +
        CanonicalWriter.SizeOf(row.Debit) +
        CanonicalWriter.SizeOf(row.Credit) +
        CanonicalWriter.SizeOf(row.Kind) +
        CanonicalWriter.LengthSize + (row.Words?.Length ?? 0) +
        CanonicalWriter.SizeOf(row.Details);

    /// <returns>How many bytes were written; <see cref="SizeOf"/> tells before.</returns>
    public static int Write(in LogRow row, Span<byte> destination)
    {
        var writer = new CanonicalWriter(destination);
        writer.Integer(row.Position);
        writer.Id(row.Id);
        writer.Account(row.Debit);
        writer.Account(row.Credit);
        writer.Integer(row.Amount);
        writer.Text(row.Kind);
        writer.Integer(row.Link);
        writer.Time(row.PostedAt);
        writer.Integer(row.DebitBalance);
        writer.Integer(row.CreditBalance);
        writer.OptionalBytes(row.Words);
        writer.Text(row.Details);
        return writer.Written;
    }

    /// <summary>Appends <paramref name="marker"/> and the canonical bytes; allocates nothing for an entry of usual size.</summary>
    public static void AppendTo(IncrementalHash hash, byte marker, in LogRow row)
    {
        var size = 1 + SizeOf(row);
        byte[]? rented = null;
        Span<byte> buffer = size <= UsualSize ? stackalloc byte[UsualSize] : rented = ArrayPool<byte>.Shared.Rent(size);
        buffer[0] = marker;
        var written = 1 + Write(row, buffer[1..]);
        hash.AppendData(buffer[..written]);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
