using System.Buffers.Binary;
using System.Text;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Blocks;

/// <summary>
/// Writes the forms that docs/chain.md defines, one after the other, into a span that is long enough: integers as 64 bits
/// in big endian, strings as their length in bytes (32 bits, big endian) and their UTF-8, what is absent as the length
/// 0xFFFFFFFF alone.
/// </summary>
internal ref struct CanonicalWriter(Span<byte> destination)
{
    public const int IntegerSize = 8;
    public const int IdSize = 16;
    public const int LengthSize = 4;
    public const uint Absent = 0xFFFFFFFF;

    // "/holder/" and a Guid with dashes.
    private const int HolderSuffixSize = 8 + 36;

    private readonly Span<byte> _destination = destination;

    public int Written { get; private set; }

    public static int SizeOf(string? text) => LengthSize + (text is null ? 0 : Encoding.UTF8.GetByteCount(text));

    public static int SizeOf(in AccountKey account) =>
        LengthSize + Encoding.UTF8.GetByteCount(account.Coin) +
        (account.Holder is null ? 1 + Encoding.UTF8.GetByteCount(account.Kind) : HolderSuffixSize);

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Written..]);
        Written += bytes.Length;
    }

    public void Byte(byte value) => _destination[Written++] = value;

    public void Integer(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_destination[Written..], value);
        Written += IntegerSize;
    }

    public void Time(DateTimeOffset value) => Integer(value.ToUnixTimeMilliseconds());

    public void Id(Guid id)
    {
        if (!id.TryWriteBytes(_destination[Written..], bigEndian: true, out var size))
            throw new ArgumentException("The destination is too short.", nameof(id));
        Written += size;
    }

    /// <summary>An id that may be absent: its length, 16, in front of it.</summary>
    public void OptionalId(Guid? id)
    {
        Length(id is null ? Absent : IdSize);
        if (id is { } present)
            Id(present);
    }

    /// <summary>Bytes that may be absent: their length in front of them.</summary>
    public void OptionalBytes(byte[]? bytes)
    {
        Length(bytes is null ? Absent : (uint)bytes.Length);
        Bytes(bytes);
    }

    public void Text(string? text)
    {
        if (text is null)
        {
            Length(Absent);
            return;
        }

        var size = Encoding.UTF8.GetBytes(text, _destination[(Written + LengthSize)..]);
        Length((uint)size);
        Written += size;
    }

    /// <summary>An account's canonical name: <c>PTM/holder/GUID</c>, or <c>PTM/mint</c> of one without a holder.</summary>
    public void Account(in AccountKey account)
    {
        Length((uint)(SizeOf(account) - LengthSize));
        Written += Encoding.UTF8.GetBytes(account.Coin, _destination[Written..]);
        if (account.Holder is not { } holder)
        {
            Byte((byte)'/');
            Written += Encoding.UTF8.GetBytes(account.Kind, _destination[Written..]);
            return;
        }

        Bytes("/holder/"u8);
        if (!holder.TryFormat(_destination[Written..], out var size, "D"))
            throw new ArgumentException("The destination is too short.", nameof(account));
        Written += size;
    }

    private void Length(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_destination[Written..], value);
        Written += LengthSize;
    }
}
