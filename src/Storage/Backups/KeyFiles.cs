using System.Security.Cryptography;
using Rally.Storage.Files;

namespace Rally.Storage.Backups;

/// <summary>The files of keys folders, without which a store's secrets cannot be read and its log not be signed.</summary>
internal static class KeyFiles
{
    /// <summary>Copies the keys; those being written just now have another ending until they are whole.</summary>
    public static async Task<IReadOnlyList<BackupManifest.Key>> SaveAsync(IEnumerable<KeyFolder> folders, string to, CancellationToken stop)
    {
        var keys = new List<BackupManifest.Key>();
        foreach (var folder in folders.Where(folder => Directory.Exists(folder.Path)))
        {
            foreach (var file in Directory.EnumerateFiles(folder.Path, folder.Pattern).Order(StringComparer.Ordinal))
            {
                var bytes = await File.ReadAllBytesAsync(file, stop).ConfigureAwait(false);
                var key = new BackupManifest.Key(folder.NameOf(file), HashOf(bytes));
                var copy = Path.Combine(to, key.Name);
                DurableFile.CreatePrivateFolder(Path.GetDirectoryName(copy)!);
                DurableFile.Write(copy, bytes);
                keys.Add(key);
            }
        }

        return keys;
    }

    /// <exception cref="BackupException">A backup's keys are not those its backup.json tells of.</exception>
    public static void Check(string folder, IReadOnlyList<BackupManifest.Key> keys)
    {
        foreach (var key in keys)
        {
            var file = Path.Combine(folder, key.Name);
            if (!IsName(key.Name) || !IsThere(file, key))
                throw Damaged(file);
        }
    }

    /// <exception cref="BackupException">There are keys of another store, which must not be mixed with these or written over.</exception>
    public static void RefuseOthers(IEnumerable<KeyFolder> folders, IReadOnlyList<BackupManifest.Key> keys)
    {
        foreach (var folder in folders.Where(folder => Directory.Exists(folder.Path)))
        {
            var backedUp = keys.Where(key => IsIn(folder, key)).ToDictionary(key => key.Name);
            foreach (var file in Directory.EnumerateFiles(folder.Path, folder.Pattern))
            {
                var same = backedUp.GetValueOrDefault(folder.NameOf(file));
                if (same is not null && !IsThere(file, same))
                    throw new BackupException(
                        $"{file} is there and is not the key of that name in the backup. Nothing was changed. " +
                        "Move it away if its store is gone, or name another folder.");
                if (same is null && !folder.IsShared && !backedUp.Values.All(key => IsThere(FileOf(folder, key), key)))
                    throw new BackupException(
                        $"{folder.Path} holds the keys of another store, which would be unreadable without them. " +
                        "Name another data folder with --data, or move those keys away if their store is gone.");
            }
        }
    }

    /// <summary>Puts keys back where the program looks for them; those that are there already stay.</summary>
    /// <exception cref="BackupException">A key is not what it was when it was checked, or of a kind that has no place here.</exception>
    public static async Task RestoreAsync(
        string from, IReadOnlyList<KeyFolder> folders, IReadOnlyList<BackupManifest.Key> keys, CancellationToken stop)
    {
        foreach (var key in keys)
        {
            var folder = folders.FirstOrDefault(folder => IsIn(folder, key))
                ?? throw new BackupException($"The backup has a key {key.Name}, and these settings have no place for it. Restore with the settings it was taken with.");
            if (IsThere(FileOf(folder, key), key))
                continue;
            var copy = Path.Combine(from, key.Name);
            var bytes = await File.ReadAllBytesAsync(copy, stop).ConfigureAwait(false);
            if (HashOf(bytes) != key.Sha256)
                throw Damaged(copy);
            DurableFile.CreatePrivateFolder(folder.Path);
            DurableFile.Write(FileOf(folder, key), bytes);
        }
    }

    private static bool IsIn(KeyFolder folder, BackupManifest.Key key) => folder.NameOf(key.Name) == key.Name;

    private static string FileOf(KeyFolder folder, BackupManifest.Key key) => Path.Combine(folder.Path, Path.GetFileName(key.Name));

    private static bool IsThere(string file, BackupManifest.Key key) => File.Exists(file) && HashOf(File.ReadAllBytes(file)) == key.Sha256;

    // A file's name, or a folder's and a file's: nothing that leads out of the backup.
    private static bool IsName(string name) =>
        name.Split('/') is { Length: 1 or 2 } parts && parts.All(part => part is not ("" or "." or "..") && part == Path.GetFileName(part));

    private static BackupException Damaged(string file) =>
        new($"{file} is missing or not as it was written. Restore from another copy of this backup.");

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
