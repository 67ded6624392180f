namespace Rally.Storage.Backups;

/// <summary>A folder with keys of the program, which a backup takes along.</summary>
/// <param name="Path">Where the program keeps them; it may be absent.</param>
/// <param name="Pattern">Which of its files, such as <c>*.xml</c>.</param>
/// <param name="Name">Which folder below the backup's <c>keys</c> they are in; empty for that folder itself.</param>
public sealed record KeyFolder(string Path, string Pattern, string Name = "")
{
    /// <summary>
    /// Whether it may hold the keys of other stores too, each file under a name of its own. If not, a backup is never put
    /// beside others' keys.
    /// </summary>
    public bool IsShared { get; init; }

    internal string NameOf(string file) => Name.Length == 0 ? System.IO.Path.GetFileName(file) : $"{Name}/{System.IO.Path.GetFileName(file)}";
}
