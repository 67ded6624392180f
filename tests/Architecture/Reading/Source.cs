using System.Xml.Linq;

namespace Rally.Architecture.Tests.Reading;

/// <summary>A source file: its path from the top folder, with slashes, and its text.</summary>
internal sealed record SourceFile(string Path, string Text);

/// <summary>The working copy that these tests were built from.</summary>
internal static class Source
{
    public static string Folder { get; } = FindFolder();

    /// <summary>The modules, by their folders under src.</summary>
    public static string[] Projects { get; } =
        [.. Directory.GetDirectories(Path.Combine(Folder, "src")).Select(folder => Path.GetFileName(folder)!).Order()];

    /// <summary>Our own C# below src and tests, without what a build makes.</summary>
    public static IEnumerable<SourceFile> Files() =>
        from top in new[] { "src", "tests" }
        from path in Directory.EnumerateFiles(Path.Combine(Folder, top), "*.cs", SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Folder, path).Replace('\\', '/')
        where !relative.Split('/').Any(part => part is "bin" or "obj" or "node_modules")
        select new SourceFile(relative, File.ReadAllText(path));

    /// <summary>The projects that a project's file references.</summary>
    public static string[] ProjectReferences(string project) =>
        [.. XDocument.Load(Path.Combine(Folder, "src", project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))];

    public static AssemblyFacts Assembly(string project) =>
        AssemblyReader.Read(Path.Combine(AppContext.BaseDirectory, $"Rally.{project}.dll"));

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Rally.Bots.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException("Rally.Bots.sln is not above the tests' folder.");
    }
}
