using System.CommandLine;
using Rally.Ledger.Exit;
using Rally.Storage;
using Rally.Storage.Migrations;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>The operator's way out with the whole ledger, for other programs too; the serving process may run meanwhile, on either engine.</summary>
internal static class ExportCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var file = new Argument<string>("file") { Description = "Where to; it must not exist. Packed with gzip when the name ends with .gz." };
        var hledger = new Option<bool>("--hledger") { Description = "As a journal for hledger, without notes, instead." };
        var command = new Command("export", "Write the whole ledger to a file of JSON lines, also while the process serves.") { file, hledger, data, store };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetValue(file)!, parsed.GetValue(hledger), HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)), stop));
        return command;
    }

    private static Task<int> RunAsync(string file, bool hledger, Dictionary<string, string?> overrides, CancellationToken stop) =>
        OperatorVerb.GuardAsync(async () =>
        {
            using var line = ProgressLine.OfExit();
            await using var app = RallyHost.Build(overrides);
            var time = app.Services.GetRequiredService<TimeProvider>();
            await using var database = Database.OpenForReading(app.Services.GetRequiredService<HostSettings>().Store);
            var ledger = app.Services.GetServices<MigrationSet>().Where(set => set.Module == "ledger").ToList();
            if (ledger.Count == 0)
                throw new SettingException("Network:Mode is Remote: this is for the installation that hosts the network.");
            await new Migrator(database, ledger, time).CheckAsync(stop);
            if (hledger)
            {
                var journal = await ExportJournal.On(database, time).ExecuteAsync(file, line, stop);
                line.Clear();
                Console.WriteLine($"{database.Description} is in {journal.File}: {journal.Entries} entries. Check it with: hledger -f {journal.File} balance");
                return 0;
            }

            var export = await ExportLedger.On(database, time).ExecuteAsync(file, line, stop);
            line.Clear();
            Console.WriteLine($"{database.Description} is in {export.File}: {export.Entries} entries, {export.Coins} coins, {export.Blocks} blocks.");
            Console.WriteLine(Unsigned.Of(export.UnsignedEntries));
            Console.WriteLine("Whoever has this file can read all notes.");
            return 0;
        }, "Stopped: there is no export.", stop);
}
