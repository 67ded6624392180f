using System.CommandLine;
using Rally.Ledger.Blocks;
using Rally.Storage;
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

    private static Task<int> RunAsync(string folder, Dictionary<string, string?> overrides, CancellationToken stop) =>
        OperatorVerb.GuardAsync(async () =>
        {
            using var line = ProgressLine.OfBackup();
            await using var app = RallyHost.Build(overrides);
            var taken = await app.Services.GetRequiredService<TakeBackup>().ExecuteAsync(
                new(folder, RallyHost.KeysOf(app)), line, stop);
            line.Clear();
            Console.WriteLine($"{taken.Store} is in {taken.Folder}: {taken.Rows} rows in {taken.Tables} tables, and {taken.Keys} keys.");
            if (app.Services.GetService<FindKeyFault>() is { } keys)
            {
                // As it is served: the host may be running.
                await using var database = Database.OpenForReading(app.Services.GetRequiredService<HostSettings>().Store);
                if (await keys.ExecuteAsync(database, CancellationToken.None) is { } missing)
                    Console.WriteLine($"It lacks a key: {missing}");
            }

            return 0;
        }, "Stopped: there is no backup.", stop);
}
