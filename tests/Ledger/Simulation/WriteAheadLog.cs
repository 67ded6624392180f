using System.Buffers.Binary;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>Where the commits in SQLite's write-ahead log end (https://www.sqlite.org/fileformat2.html#walformat).</summary>
/// <param name="Salts">Change when the log begins anew.</param>
/// <param name="End">The byte after the last commit; 0 when there is none.</param>
internal readonly record struct WriteAheadLog(ulong Salts, long End)
{
    private const int Header = 32;
    private const int FrameHeader = 24;

    public static WriteAheadLog Read(string path)
    {
        var bytes = File.Exists(path) ? ReadShared(path) : [];
        if (bytes.Length < Header)
            return default;
        var pageSize = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8));
        var salts = BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(16));
        var end = 0L;
        for (var at = Header; at + FrameHeader + pageSize <= bytes.Length; at += FrameHeader + pageSize)
        {
            var frame = bytes.AsSpan(at, FrameHeader);
            if (BinaryPrimitives.ReadUInt64BigEndian(frame[8..]) != salts)
                break;
            // The size of the file in pages, in the last frame of a commit; else 0.
            if (BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) != 0)
                end = at + FrameHeader + pageSize;
        }

        return new(salts, end);
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
