using System.CommandLine;
using System.Globalization;
using Rally.Ledger.Blocks;
using Rally.Storage;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>Verifies the ledger, also while the process serves. Exit code 0: right; 1: wrong, and the first wrong row
/// is named; 2: it could not be read.</summary>
internal static class VerifyCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var authority = new Option<string?>("--authority") { Description = "The public key that the chain must begin with, 64 hexadecimal digits." };
        var block = new Option<string?>("--block") { Description = "A block the chain must contain, HEIGHT:HASH, as you know it from elsewhere." };
        var restart = new Option<bool>("--restart") { Description = "Begin at the beginning, even where an interrupted run could go on." };
        var command = new Command("verify", "Check every block, signature, entry, balance, limit, sum and reserve; also while the process serves.")
        {
            authority, block, restart, data, store,
        };
        command.SetAction((parsed, stop) => RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)), parsed.GetValue(authority), parsed.GetValue(block),
            parsed.GetValue(restart), stop));
        return command;
    }

    private static Task<int> RunAsync(Dictionary<string, string?> overrides, string? authority, string? block, bool restart, CancellationToken stop) =>
        OperatorVerb.GuardAsync(async () =>
        {
            using var line = ProgressLine.OfVerification();
            using var configuration = new ConfigurationManager();
            configuration.AddRallySettings(overrides);
            var settings = HostSettings.From(configuration);
            var request = new VerifyLedger.Request
            {
                PinnedAuthority = VerbArguments.PublicKey("--authority", authority),
                PinnedBlock = VerbArguments.KnownBlock("--block", block),
                StateFile = Path.Combine(settings.Data, "verify.state"),
            };
            if (restart && File.Exists(request.StateFile))
                File.Delete(request.StateFile);
            await using var database = Database.OpenForReading(settings.Store);
            var result = await VerifyLedger.On(database, TimeProvider.System).ExecuteAsync(request, line, stop);
            line.Clear();
            Say(result);
            return result.IsRight ? 0 : 1;
        }, "Stopped. The next verify goes on from here.", stop, failure: 2);

    private static void Say(VerifyLedger.Result result)
    {
        var earlier = result.ReadBefore is { } read
            ? string.Create(CultureInfo.InvariantCulture, $" (entries up to {read.Position} were read on {read.At:yyyy-MM-dd HH:mm} UTC)")
            : "";
        Console.WriteLine(result switch
        {
            { Fault: { } fault } => $"Wrong: {fault}",
            { FiguresFault: { } figures } =>
                $"The ledger is right, but not what was built from it: {figures} Run 'rebuild', which builds histories and market figures again.",
            _ => string.Create(CultureInfo.InvariantCulture, $"Right: {result.Position} entries, blocks up to {result.Height}{By(result.Authority)}{earlier}."),
        });
        if (result.Fault is null)
            Console.WriteLine(Unsigned.Of(result.UnsignedEntries));
    }

    private static string By(string? authority) => authority is null ? ", none sealed yet" : $", signed from {authority} on";
}
