using System.CommandLine;
using Rally.Storage.Migrations;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>
/// What the verbs for the operator share: they run on the store itself, without serving. On SQLite the serving process must
/// be stopped meanwhile, on PostgreSQL it may run.
/// </summary>
internal static class OperatorVerb
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Command> All(Option<DirectoryInfo?> data, Option<string?> store) =>
    [
        LaunchCoinCommand.Create(data, store),
        IssueRlyCommand.Create(data, store),
        SuspendCoinCommand.Create(data, store),
        RotateAuthorityCommand.Create(data, store),
        VerifyCommand.Create(data, store),
        RebuildCommand.Create(data, store),
        BackupCommand.Create(data, store),
        RestoreCommand.Create(data, store),
        ExportCommand.Create(data, store),
        ImportCommand.Create(data, store),
        RegisterClientCommand.Create(data, store),
    ];

    /// <summary>Runs a verb's work on an up-to-date store.</summary>
    /// <param name="overrides">See <see cref="HostOverrides"/>.</param>
    /// <param name="work">Says what it did on standard output.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The exit code: 0, or 1 with a sentence on standard error about what is wrong and how to mend it.</returns>
    public static async Task<int> RunAsync(
        Dictionary<string, string?> overrides, Func<WebApplication, CancellationToken, Task> work, CancellationToken stop)
    {
        try
        {
            await using var app = RallyHost.Build(overrides);
            await app.Services.GetRequiredService<Migrator>().RunAsync(stop);
            await work(app, stop);
            return 0;
        }
        catch (Exception fault) when (StartFault.Explain(fault) is { } explained)
        {
            await Console.Error.WriteLineAsync(explained);
            return 1;
        }
    }
}
