using System.CommandLine;
using System.Globalization;
using Rally.Ledger.Exit;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>Takes what export wrote into an empty ledger. On SQLite, no process may serve from that store meanwhile.</summary>
internal static class ImportCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var file = new Argument<string>("file") { Description = "What export wrote." };
        var authority = new Option<string?>("--authority")
        {
            Description = "The public key that the chain must begin with, in hexadecimal, as you know it from elsewhere than the file.",
        };
        var block = new Option<string?>("--block") { Description = "A block the chain must contain, HEIGHT:HASH, as you know it from elsewhere than the file." };
        var unsigned = new Option<bool>("--accept-unsigned") { Description = "With --authority, also take what stands behind the last block: anybody who had the file could have written it." };
        var command = new Command("import", "Take an export into an empty ledger, which then goes on where the other one ended.")
        {
            file, authority, block, unsigned, data, store,
        };
        command.SetAction((parsed, stop) => OperatorVerb.RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)),
            (app, token) => RunAsync(
                RallyHost.OfOwnNetwork<ImportLedger>(app),
                new(parsed.GetValue(file)!)
                {
                    PinnedAuthority = VerbArguments.PublicKey("--authority", parsed.GetValue(authority)),
                    PinnedBlock = VerbArguments.KnownBlock("--block", parsed.GetValue(block)),
                    AcceptsUnsigned = parsed.GetValue(unsigned),
                },
                token),
            stop,
            "Stopped: nothing was imported."));
        return command;
    }

    private static async Task RunAsync(ImportLedger import, ImportLedger.Request request, CancellationToken stop)
    {
        using var line = ProgressLine.OfExit();
        var result = await import.ExecuteAsync(request, line, stop);
        line.Clear();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"The export of {result.TakenAt:yyyy-MM-dd HH:mm} UTC is in {result.Store}: {result.Entries} entries, {result.Coins} coins, {result.Accounts} accounts, {result.Blocks} blocks."));
        Console.WriteLine(Unsigned.Of(result.UnsignedEntries));
        if (result.Authority is { } authority)
            Console.WriteLine($"Its chain begins with the public key {authority}.");
        if (result.KeyFault is { } missing)
            Console.WriteLine($"Before it serves: {missing}");
    }
}
