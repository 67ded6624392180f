using System.CommandLine;
using System.Globalization;
using Rally.Ledger.Blocks;
using Rally.Storage;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>Verifies the ledger, also while the process serves. Exit code 0: right; 1: wrong, and the first wrong row is named; 2: it could not be read.</summary>
internal static class VerifyCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var authority = new Option<string?>("--authority") { Description = "The public key that the chain must begin with, 64 hexadecimal digits." };
        var restart = new Option<bool>("--restart") { Description = "Begin at the beginning, even where an interrupted run could go on." };
        var command = new Command("verify", "Check every block, signature, entry, balance, sum and reserve; also while the process serves.")
        {
            authority, restart, data, store,
        };
        command.SetAction((parsed, stop) => RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)), parsed.GetValue(authority), parsed.GetValue(restart), stop));
        return command;
    }

    private static Task<int> RunAsync(Dictionary<string, string?> overrides, string? authority, bool restart, CancellationToken stop) =>
        OperatorVerb.GuardAsync(async () =>
        {
            using var line = ProgressLine.OfVerification();
            using var configuration = new ConfigurationManager();
            configuration.AddRallySettings(overrides);
            var settings = HostSettings.From(configuration);
            var state = Path.Combine(settings.Data, "verify.state");
            if (restart)
                File.Delete(state);
            await using var database = Database.OpenForReading(settings.Store);
            var result = await VerifyLedger.On(database).ExecuteAsync(
                new() { PinnedAuthority = VerbArguments.PublicKey("--authority", authority), StateFile = state }, line, stop);
            line.Clear();
            Console.WriteLine(result.Fault is null
                ? string.Create(CultureInfo.InvariantCulture, $"Right: {result.Position} entries, blocks up to {result.Height}{By(result.Authority)}.")
                : $"Wrong: {result.Fault}");
            return result.Fault is null ? 0 : 1;
        }, "Stopped. The next verify goes on from here.", stop, failure: 2);

    private static string By(string? authority) => authority is null ? ", none sealed yet" : $", signed from {authority} on";
}
