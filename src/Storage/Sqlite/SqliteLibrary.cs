using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Rally.Storage.Sqlite;

/// <summary>
/// Chooses the native SQLite: the operating system's when it is newer than the one that came with the package
/// (3.35.5, which has faults fixed since), else the package's.
/// </summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<string> Loaded = new(Load);
    private static IntPtr _chosen;

    /// <summary>Loads the library once and returns its version.</summary>
    public static string Version => Loaded.Value;

    /// <summary>The loaded library, the same that the provider calls.</summary>
    public static IntPtr Handle => Loaded.Value.Length > 0 ? _chosen : throw new InvalidOperationException("SQLite was not loaded.");

    private static string Load()
    {
        var provider = typeof(SQLite3Provider_e_sqlite3).Assembly;
        NativeLibrary.SetDllImportResolver(provider, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return raw.sqlite3_libversion().utf8_to_string();
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3")
            return IntPtr.Zero;
        if (_chosen == IntPtr.Zero)
            _chosen = Choose(assembly, path);
        return _chosen;
    }

    private static IntPtr Choose(Assembly assembly, DllImportSearchPath? path)
    {
        string[] systemNames = OperatingSystem.IsMacOS() ? ["libsqlite3.dylib"] : ["libsqlite3.so.0", "libsqlite3.so"];
        NativeLibrary.TryLoad("e_sqlite3", assembly, path, out var bundled);
        foreach (var systemName in systemNames)
        {
            if (NativeLibrary.TryLoad(systemName, out var system) && VersionOf(system) > VersionOf(bundled))
                return system;
        }

        return bundled;
    }

    /// <returns>sqlite3_libversion_number, for example 3040001; 0 when there is no such library.</returns>
    private static unsafe int VersionOf(IntPtr library) =>
        library != IntPtr.Zero && NativeLibrary.TryGetExport(library, "sqlite3_libversion_number", out var function)
            ? ((delegate* unmanaged<int>)function)()
            : 0;
}
