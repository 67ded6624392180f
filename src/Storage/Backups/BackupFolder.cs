using System.Security.Cryptography;
using Rally.Storage.Files;

namespace Rally.Storage.Backups;

/// <summary>
/// The folder a backup is, or becomes: it is written under another name beside it and renamed when whole. Only its owner
/// can read it, for it holds keys.
/// </summary>
internal sealed class BackupFolder(string path) : IDisposable
{
    private string? _final;

    public string Path { get; private set; } = path;

    public string Store => System.IO.Path.Combine(Path, "rally.db");

    public string Keys => System.IO.Path.Combine(Path, "keys");

    public string Manifest => System.IO.Path.Combine(Path, "backup.json");

    /// <summary>Makes the folder beside the final one, with <see cref="Keys"/> in it.</summary>
    /// <exception cref="BackupException">There is something at the final place, or nothing can be made there.</exception>
    public static BackupFolder Begin(string path)
    {
        var final = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (File.Exists(final) || (Directory.Exists(final) && Directory.EnumerateFileSystemEntries(final).Any()))
            throw new BackupException($"{final} is there already. Name a folder that does not exist, or an empty one.");
        var folder = new BackupFolder($"{final}.unfinished-{RandomNumberGenerator.GetHexString(8, lowercase: true)}") { _final = final };
        try
        {
            DurableFile.CreatePrivateFolder(folder.Path);
            DurableFile.CreatePrivateFolder(folder.Keys);
            return folder;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw new BackupException($"The backup cannot be written to {final}: {denied.Message}", denied);
        }
    }

    /// <summary>Flushes everything to disk and gives the folder its final name.</summary>
    public void Finish()
    {
        DurableFile.FlushAll(Path);
        if (Directory.Exists(_final))
            Directory.Delete(_final); // empty, or this fails
        DurableFile.Rename(Path, _final!);
        Path = _final!;
        _final = null;
    }

    /// <summary>Removes what was begun and not finished.</summary>
    public void Dispose()
    {
        if (_final is not null && Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
