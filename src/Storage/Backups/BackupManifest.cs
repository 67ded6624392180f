using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Rally.Storage.Files;

namespace Rally.Storage.Backups;

/// <summary>backup.json: what is in a backup, so that damage is found before anything is restored. It is no signature.</summary>
/// <param name="Format">The version of this form.</param>
/// <param name="TakenAt">When; the moment the backup shows is the start of the copy.</param>
/// <param name="Engine">Where it was taken from: sqlite or postgres.</param>
/// <param name="Tables">Every table but the migrator's own, in alphabetical order.</param>
/// <param name="Keys">Every file of keys.</param>
/// <param name="Sha256">Over this document with an empty string here.</param>
internal sealed record BackupManifest(
    int Format, DateTimeOffset TakenAt, string Engine, IReadOnlyList<BackupManifest.Table> Tables,
    IReadOnlyList<BackupManifest.Key> Keys, string Sha256)
{
    /// <summary>2 since the keys that sign blocks are in it; 1 is the same without them, and is still read.</summary>
    public const int CurrentFormat = 2;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <param name="Name">The table's name.</param>
    /// <param name="Rows">How many rows it has.</param>
    /// <param name="Sha256">See <see cref="TableDigest"/>.</param>
    internal sealed record Table(string Name, long Rows, string Sha256);

    /// <param name="Name">The file's name, behind its <see cref="KeyFolder.Name"/> and a slash if that has one.</param>
    /// <param name="Sha256">Over its bytes.</param>
    internal sealed record Key(string Name, string Sha256);

    /// <exception cref="BackupException">There is none, or it is not as it was written.</exception>
    public static async Task<BackupManifest> ReadAsync(string file, CancellationToken stop)
    {
        if (!File.Exists(file))
            throw new BackupException($"{Path.GetDirectoryName(file)} is not a backup: there is no {Path.GetFileName(file)} in it.");
        try
        {
            var bytes = await File.ReadAllBytesAsync(file, stop).ConfigureAwait(false);
            using var document = JsonDocument.Parse(bytes);
            if (document.RootElement.TryGetProperty("format", out var format) && format.TryGetInt32(out var number) && number > CurrentFormat)
                throw new BackupException($"{file} is of format {number}, this program knows {CurrentFormat}. Restore it with the newer program.");
            var manifest = document.RootElement.Deserialize<BackupManifest>(Form)!;
            if (manifest.Seal() == manifest)
                return manifest;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw Changed(file, malformed);
        }

        throw Changed(file, null);
    }

    public async Task WriteAsync(string file, CancellationToken stop)
    {
        var stream = DurableFile.CreatePrivate(file);
        await using (stream.ConfigureAwait(false))
            await JsonSerializer.SerializeAsync(stream, Seal(), Form, stop).ConfigureAwait(false);
    }

    private static BackupException Changed(string file, Exception? cause) =>
        new($"{file} is not as it was written. Restore from another copy of this backup.", cause);

    private BackupManifest Seal()
    {
        var open = JsonSerializer.SerializeToUtf8Bytes(this with { Sha256 = "" }, Form);
        return this with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(open)) };
    }
}
