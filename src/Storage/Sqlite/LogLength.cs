using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Rally.Storage.Sqlite;

/// <summary>
/// Writes zeros behind the end of SQLite's write-ahead log, a little ahead of it. A commit that makes the file longer costs the
/// file system a second durable write, for its length: a lone commit took 2.3 fdatasyncs in such a file and 1.2 in one that had
/// its length. SQLite ends its log at the first frame without the log's salt, so zeros are no part of it
/// (https://www.sqlite.org/fileformat.html, "WAL Reset" and "Recovery").
/// </summary>
/// <remarks>
/// Used by whoever has the writer's turn, for the library must not write meanwhile. The library locks the store and its shared
/// memory and not this file, so that closing another handle of it releases none of its locks.
/// </remarks>
internal sealed class LogLength
{
    // What a page takes in the log besides its content.
    private const int FrameHeader = 24;
    private const int FileHeader = 32;

    // A commit above this pays for the length among its own pages: to write them all twice would cost it more.
    private const long SmallCommit = 256 << 10;

    private const long LeastRoom = SmallCommit;
    private const long LeastStep = 256 << 10;
    private const long LargestStep = 4 << 20;
    private static readonly byte[] Zeros = new byte[64 << 10];

    private readonly SqliteConnection _writer;
    private readonly string _path;
    private readonly long _frame;
    private readonly long _longest;
    private long _used; // at least
    private long _length;
    private bool _isDone;

    /// <param name="writer">The only connection that writes.</param>
    /// <param name="storePath">The store's file.</param>
    /// <param name="longestPages">With how many pages the log is copied back, and begins again at the start of its file.</param>
    public LogLength(SqliteConnection writer, string storePath, int longestPages)
    {
        (_writer, _path) = (writer, storePath + "-wal");
        using var command = writer.CreateCommand();
        command.CommandText = "PRAGMA page_size";
        _frame = (long)command.ExecuteScalar()! + FrameHeader;
        _longest = FileHeader + (longestPages * _frame);
        // Left by a process that was killed; how far the log itself goes in it, only the library knows.
        if (new FileInfo(_path) is { Exists: true } left)
            (_used, _length) = (left.Length, left.Length);
        PagesWritten();
    }

    /// <summary>After each commit.</summary>
    public void Follow()
    {
        if (_isDone)
            return;
        var committed = PagesWritten() * _frame;
        _used += committed;
        // Without a commit in this process, the log may end in a frame that a crash of the machine cut off, and whose lost end was
        // zeros: they would make a commit whole that is known to be lost. A commit takes that frame's place.
        if (committed == 0 || committed > SmallCommit || _used + LeastRoom <= _length)
            return;
        Lengthen();
    }

    private void Lengthen()
    {
        try
        {
            using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            var end = RandomAccess.GetLength(file);
            _length = Math.Max(end, Math.Min(_longest, end + Math.Clamp(end, LeastStep, LargestStep)));
            for (var at = end; at < _length; at += Zeros.Length)
                RandomAccess.Write(file, Zeros.AsSpan(0, (int)Math.Min(Zeros.Length, _length - at)), at);
            _isDone = _length >= _longest;
        }
#pragma warning disable CA1031 // whatever it is, the commit itself is durable and must not be told to have failed
        catch (Exception)
#pragma warning restore CA1031
        {
            // On a disk that is full, or has a limit, the library takes what room there is.
            _isDone = true;
        }
    }

    /// <summary>Since it was last asked.</summary>
    private long PagesWritten()
    {
        const int pagesWritten = 9; // SQLITE_DBSTATUS_CACHE_WRITE: in WAL mode, pages written to the log
        raw.sqlite3_db_status(_writer.Handle, pagesWritten, out var pages, out _, resetFlg: 1);
        return pages;
    }
}
