using System.CommandLine;
using System.Globalization;
using Rally.Ledger.Blocks;
using Rally.Storage;
using Rally.Storage.Backups;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>Puts a backup into an empty store of either engine, and its keys into the data folder. No process may serve from that store meanwhile.</summary>
internal static class RestoreCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var folder = new Argument<string>("folder") { Description = "What backup made." };
        var command = new Command("restore", "Put a backup into an empty store, SQLite or PostgreSQL, while no process serves from it.") { folder, data, store };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetValue(folder)!, HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)), stop));
        return command;
    }

    private static Task<int> RunAsync(string folder, Dictionary<string, string?> overrides, CancellationToken stop) =>
        OperatorVerb.GuardAsync(async () =>
        {
            using var line = ProgressLine.OfBackup();
            await using var app = RallyHost.Build(overrides);
            var restored = await app.Services.GetRequiredService<RestoreBackup>().ExecuteAsync(
                new(folder, RallyHost.KeysOf(app)), line, stop);
            line.Clear();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"The backup of {restored.TakenAt:yyyy-MM-dd HH:mm} UTC is in {restored.Store}: {restored.Rows} rows in {restored.Tables} tables, and {restored.Keys} keys."));
            if (app.Services.GetService<FindKeyFault>() is { } keys
                && await keys.ExecuteAsync(app.Services.GetRequiredService<Database>(), CancellationToken.None) is { } missing)
                Console.WriteLine($"Before it serves: {missing}");
            return 0;
        }, "Stopped: nothing was restored.", stop);
}
