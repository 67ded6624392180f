using System.CommandLine;
using Rally.Storage.Backups;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>The operator's way to a copy of everything, as it is at one moment; the serving process may run meanwhile, on either engine.</summary>
internal static class BackupCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var folder = new Argument<string>("folder") { Description = "Where to; it must not exist, or be empty." };
        var command = new Command("backup", "Copy the store and the keys into a folder, also while the process serves.") { folder, data, store };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetValue(folder)!, HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)), stop));
        return command;
    }

    private static async Task<int> RunAsync(string folder, Dictionary<string, string?> overrides, CancellationToken stop)
    {
        using var line = ProgressLine.OfBackup();
        try
        {
            await using var app = RallyHost.Build(overrides);
            var taken = await app.Services.GetRequiredService<TakeBackup>().ExecuteAsync(
                new(folder, app.Services.GetRequiredService<HostSettings>().Keys), line, stop);
            line.Clear();
            Console.WriteLine($"{taken.Store} is in {taken.Folder}: {taken.Rows} rows in {taken.Tables} tables, and {taken.Keys} keys.");
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            line.Clear();
            await Console.Error.WriteLineAsync("Stopped: there is no backup.");
            return 1;
        }
        catch (Exception fault) when (StartFault.Explain(fault) is { } explained)
        {
            line.Clear();
            await Console.Error.WriteLineAsync(explained);
            return 1;
        }
    }
}
