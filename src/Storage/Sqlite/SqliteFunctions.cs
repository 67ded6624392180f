using System.Runtime.InteropServices;

namespace Rally.Storage.Sqlite;

/// <summary>
/// The functions of the library that <see cref="SqliteLibrary"/> chose which run for every row, called without a wrapper: the
/// provider's count a reference up and down around each call, which took more time than the calls. Those that take well
/// under a microsecond and never wait do not even tell the garbage collector.
/// </summary>
internal static unsafe class SqliteFunctions
{
    /// <summary>For texts and blobs: they stay where they are until the statement has run.</summary>
    public const nint Static = 0;

    /// <summary>For texts and blobs: they are copied.</summary>
    public const nint Transient = -1;

    public static readonly delegate* unmanaged[Cdecl]<nint, int> Step =
        (delegate* unmanaged[Cdecl]<nint, int>)Export("sqlite3_step");

    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int> Reset =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int>)Export("sqlite3_reset");

    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, long, int> BindInt64 =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, long, int>)Export("sqlite3_bind_int64");

    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, int> BindNull =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, int>)Export("sqlite3_bind_null");

    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, byte*, int, nint, int> BindBlob =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, byte*, int, nint, int>)Export("sqlite3_bind_blob");

    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, byte*, int, nint, int> BindText =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, byte*, int, nint, int>)Export("sqlite3_bind_text");

    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, long> ColumnInt64 =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, long>)Export("sqlite3_column_int64");

    public static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int> Changes =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int>)Export("sqlite3_changes");

    private static nint Export(string function) => NativeLibrary.GetExport(SqliteLibrary.Handle, function);
}
