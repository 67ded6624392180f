using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rally.Sandbox.DiscordServer.State;

/// <summary>The state on disk. A write goes to a file beside it and is renamed over it, so a crash leaves the old or the new one.</summary>
internal sealed class StateFile(string path)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        IgnoreReadOnlyProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Null when there is no file yet.</summary>
    /// <exception cref="InvalidDataException">The file is not a state of this sandbox.</exception>
    public WorldData? Read()
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<WorldData>(file, Json)
                ?? throw new InvalidDataException($"{path} holds no sandbox state; delete it to begin anew.");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"{path} holds no sandbox state ({broken.Message}); delete it to begin anew.", broken);
        }
    }

    public void Write(WorldData data)
    {
        var full = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var beside = full + ".new";
        // The bot's token and the signing key are in it, so it is the owner's alone.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(beside, options))
            JsonSerializer.Serialize(file, data, Json);
        File.Move(beside, full, overwrite: true);
    }
}
