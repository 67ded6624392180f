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
        RotateSigningKeyCommand.Create(data, store),
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
    /// <param name="stopped">What is said then.</param>
    /// <returns>The exit code: 0, or 1 with a sentence on standard error about what is wrong and how to mend it.</returns>
    public static Task<int> RunAsync(
        Dictionary<string, string?> overrides, Func<WebApplication, CancellationToken, Task> work, CancellationToken stop, string stopped = "Stopped.") =>
        GuardAsync(async () =>
        {
            await using var app = RallyHost.Build(overrides);
            await app.Services.GetRequiredService<Migrator>().RunAsync(stop);
            await work(app, stop);
            return 0;
        }, stopped, stop);

    /// <summary>Runs a verb's work, and says what keeps it from its end in a sentence.</summary>
    /// <param name="work">Says what it did on standard output, and returns the exit code.</param>
    /// <param name="stopped">What is said when it is stopped.</param>
    /// <param name="stop">Stops it.</param>
    /// <param name="failure">The exit code then, and when there is a fault.</param>
    public static async Task<int> GuardAsync(Func<Task<int>> work, string stopped, CancellationToken stop, int failure = 1)
    {
        try
        {
            return await work();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(stopped);
        }
        catch (Exception fault) when (StartFault.Explain(fault) is { } explained)
        {
            await Console.Error.WriteLineAsync(explained);
        }

        return failure;
    }
}
