namespace Rally.Bot.Hosting;

/// <summary>
/// Where configuration comes from, later ones before earlier: appsettings.json, user-secrets, files of the folder that
/// RALLY_SECRETS names (one a setting, <c>Discord__Token</c>), the environment, the command line. Read once, at the start.
/// </summary>
internal static class AppSettings
{
    private const string FileName = "appsettings.json";

    /// <summary>The folder of appsettings.json: the program's own or the nearest above it, from wherever it is started.</summary>
    public static string Folder { get; } = Find();

    /// <summary>
    /// What keeps the builder from watching its own sources for changes. It would go on when <see cref="AddRallySettings"/> has
    /// cleared them, and watch all that lies below the folder: each write of a store in <c>data</c> would be told to this process.
    /// </summary>
    public static string[] Unwatched { get; } = ["--hostBuilder:reloadConfigOnChange=false"];

    public static void AddRallySettings(this ConfigurationManager configuration, IEnumerable<KeyValuePair<string, string?>> overrides)
    {
        configuration.Sources.Clear();
        configuration.AddJsonFile(Path.Combine(Folder, FileName), optional: true, reloadOnChange: false);
        configuration.AddUserSecrets(typeof(AppSettings).Assembly, optional: true, reloadOnChange: false);
        if (Environment.GetEnvironmentVariable("RALLY_SECRETS") is { Length: > 0 } secrets)
            configuration.AddKeyPerFile(secrets, optional: false, reloadOnChange: false);
        configuration.AddEnvironmentVariables();
        configuration.AddInMemoryCollection(overrides);
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, FileName)))
                return folder.FullName;
        }

        return AppContext.BaseDirectory;
    }
}
