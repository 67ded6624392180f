using System.Security.Cryptography;
using Rally.Storage.Files;

namespace Rally.Storage.Backups;

/// <summary>The files of a keys folder, without which a store's secrets cannot be read.</summary>
internal static class KeyFiles
{
    /// <summary>Copies a folder's keys; those being written just now have another ending until they are whole.</summary>
    public static async Task<IReadOnlyList<BackupManifest.Key>> SaveAsync(string from, string to, CancellationToken stop)
    {
        var keys = new List<BackupManifest.Key>();
        if (!Directory.Exists(from))
            return keys;
        foreach (var file in Directory.EnumerateFiles(from, "*.xml").Order(StringComparer.Ordinal))
        {
            var bytes = await File.ReadAllBytesAsync(file, stop).ConfigureAwait(false);
            await WriteAsync(Path.Combine(to, Path.GetFileName(file)), bytes, stop).ConfigureAwait(false);
            keys.Add(new(Path.GetFileName(file), HashOf(bytes)));
        }

        return keys;
    }

    /// <exception cref="BackupException">A backup's keys are not those its backup.json tells of.</exception>
    public static void Check(string folder, IReadOnlyList<BackupManifest.Key> keys)
    {
        foreach (var key in keys)
        {
            var file = Path.Combine(folder, key.Name);
            if (key.Name != Path.GetFileName(key.Name) || !File.Exists(file) || HashOf(File.ReadAllBytes(file)) != key.Sha256)
                throw new BackupException($"{file} is missing or not as it was written. Restore from another copy of this backup.");
        }
    }

    /// <exception cref="BackupException">The folder holds keys, and not all of these are among them: they belong to another store.</exception>
    public static void RefuseOthers(string folder, IReadOnlyList<BackupManifest.Key> keys)
    {
        if (!Directory.Exists(folder) || !Directory.EnumerateFiles(folder).Any() || keys.All(key => IsThere(folder, key)))
            return;
        throw new BackupException(
            $"{folder} holds the keys of another store, which would be unreadable without them. " +
            "Name another data folder with --data, or move those keys away if their store is gone.");
    }

    /// <summary>Puts keys back where the program looks for them; those that are there already stay.</summary>
    public static async Task RestoreAsync(string from, string to, IReadOnlyList<BackupManifest.Key> keys, CancellationToken stop)
    {
        DurableFile.CreatePrivateFolder(to);
        foreach (var key in keys.Where(key => !IsThere(to, key)))
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(from, key.Name), stop).ConfigureAwait(false);
            await WriteAsync(Path.Combine(to, key.Name), bytes, stop).ConfigureAwait(false);
        }
    }

    private static bool IsThere(string folder, BackupManifest.Key key) =>
        Path.Combine(folder, key.Name) is var file && File.Exists(file) && HashOf(File.ReadAllBytes(file)) == key.Sha256;

    private static async Task WriteAsync(string file, byte[] bytes, CancellationToken stop)
    {
        var stream = DurableFile.CreatePrivate(file);
        await using (stream.ConfigureAwait(false))
        {
            await stream.WriteAsync(bytes, stop).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
        }
    }

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
