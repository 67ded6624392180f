using System.Runtime.InteropServices;
using System.Text;

namespace Rally.Storage.Files;

/// <summary>
/// Files and folders for their owner's eyes only, which a power failure leaves whole under their name, or not there: written
/// beside it, flushed, renamed, and the folder flushed, which is what makes a name last (fsync(2)). Windows needs no such flush.
/// </summary>
internal static class DurableFile
{
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a whole file.</summary>
    /// <param name="path">Its name; while it is written, the name has <c>.new</c> behind it.</param>
    /// <param name="content">All of it.</param>
    /// <param name="overwrite">Takes the place of a file with that name; else there must be none.</param>
    /// <exception cref="IOException">It cannot be written, or is there.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content, bool overwrite = false)
    {
        var temporary = path + ".new";
        File.Delete(temporary); // of a process that was killed
        using (var file = CreatePrivate(temporary))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        Rename(temporary, path, overwrite);
    }

    /// <summary>A new file that only its owner can read; whoever writes it flushes it.</summary>
    public static FileStream CreatePrivate(string path, int bufferSize = 4_096)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = bufferSize };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnersFile;
        return new(path, options);
    }

    /// <summary>Makes a folder, and those above it that are not there, so that they last; one that is there stays as it is.</summary>
    public static void CreatePrivateFolder(string path)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var absent = new Stack<string>();
        for (string? above = folder; above is not null && !Directory.Exists(above); above = Path.GetDirectoryName(above))
            absent.Push(above);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnersFile | UnixFileMode.UserExecute);
        foreach (var made in absent)
            FlushFolder(Path.GetDirectoryName(made)!);
    }

    /// <summary>Gives a flushed file, or a folder of such, its final name in the same folder.</summary>
    public static void Rename(string from, string to, bool overwrite = false)
    {
        if (Directory.Exists(from))
            Directory.Move(from, to);
        else
            File.Move(from, to, overwrite);
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(to))!);
    }

    /// <summary>Flushes all files below a folder, and the names they have.</summary>
    public static void FlushAll(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(file);
        }

        foreach (var inner in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories))
            FlushFolder(inner);
        FlushFolder(folder);
    }

    /// <summary>Makes the names in a folder last; .NET has no call for it.</summary>
    /// <exception cref="IOException">There is no such folder, or the disk does not take it.</exception>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open([.. Encoding.UTF8.GetBytes(folder), 0], flags: 0);
        if (descriptor < 0)
            throw new IOException($"{folder} cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        var failed = Sync(descriptor) != 0;
        var why = failed ? Marshal.GetLastPInvokeErrorMessage() : "";
        _ = Close(descriptor);
        if (failed)
            throw new IOException($"{folder} cannot be flushed: {why}.");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}
