using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Rally.Storage.Backups;

/// <summary>How many rows a table has, and a SHA-256 over them.</summary>
internal readonly record struct TableContents(long Rows, string Sha256);

/// <summary>
/// Hashes rows, given in the order of their key, in an encoding that is the same whatever the engine: for each column a
/// byte, 0 for NULL, else the number of its <see cref="ColumnType"/>; then the number in 8 bytes, or the length in 8
/// bytes and the bytes. Numbers are big-endian.
/// </summary>
internal sealed class TableDigest(TableShape table) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _used;

    public long Rows { get; private set; }

    public void Add(Cell[] row)
    {
        for (var i = 0; i < row.Length; i++)
            Add(table.Columns[i].Type!.Value, row[i]);
        Rows++;
    }

    public TableContents Finish()
    {
        Flush();
        return new(Rows, Convert.ToHexStringLower(_hash.GetHashAndReset()));
    }

    public void Dispose() => _hash.Dispose();

    private void Add(ColumnType type, Cell cell)
    {
        const int HeadBytes = 1 + sizeof(long);
        if (_used + HeadBytes > _buffer.Length)
            Flush();
        if (cell.IsNull)
        {
            _buffer[_used++] = 0;
            return;
        }

        _buffer[_used++] = (byte)type;
        BinaryPrimitives.WriteInt64BigEndian(_buffer.AsSpan(_used), cell.Number ?? cell.Bytes!.Length);
        _used += sizeof(long);
        if (cell.Bytes is { } bytes)
            Add(bytes);
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        if (_used + bytes.Length > _buffer.Length)
            Flush();
        if (bytes.Length > _buffer.Length)
        {
            _hash.AppendData(bytes);
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    private void Flush()
    {
        _hash.AppendData(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}
