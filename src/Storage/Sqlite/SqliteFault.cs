using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Rally.Storage.Sqlite;

/// <summary>What SQLite says of a disk's faults names neither the file nor what to do about it; this does.</summary>
internal static class SqliteFault
{
    /// <returns>The same failure, explained; null when it is not one of the disk's.</returns>
    public static SqliteException? Explained(SqliteException failure, string path)
    {
        var explanation = failure.SqliteErrorCode switch
        {
            raw.SQLITE_FULL => "cannot grow, nothing was written: make room on its disk, and try again",
            raw.SQLITE_IOERR => "cannot be read or written as its disk should allow: look at the disk's space, limits and health, and try again",
            raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN => "cannot be opened or written: the process must be able to write the file and its folder",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB =>
                "is damaged: stop, keep a copy, look at it with sqlite3's 'PRAGMA integrity_check', and restore a backup",
            _ => null,
        };
        return explanation is null
            ? null
            : new SqliteException($"{path} {explanation}. ({failure.Message})", failure.SqliteErrorCode, failure.SqliteExtendedErrorCode);
    }
}
