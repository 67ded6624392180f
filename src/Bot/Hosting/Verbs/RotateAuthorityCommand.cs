using System.CommandLine;
using System.Diagnostics;
using Rally.Ledger.Blocks;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>The operator's way to change the key that signs blocks.</summary>
internal static class RotateAuthorityCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var command = new Command("rotate-authority", "Make the next key that signs blocks, introduced by the present one.") { data, store };
        command.SetAction((parsed, stop) => OperatorVerb.RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)),
            async (app, token) => Console.WriteLine(await RallyHost.OfOwnNetwork<RotateAuthority>(app).ExecuteAsync(token) switch
            {
                RotateAuthority.Result.Rotated rotated =>
                    $"Authority {rotated.Number} signs from block {rotated.FirstHeight} on; its public key is {rotated.PublicKey}.",
                RotateAuthority.Result.NothingSealed =>
                    throw new SettingException("No block was sealed yet: the first one makes the first key, so there is none to rotate."),
                var other => throw new UnreachableException($"{other}"),
            }),
            stop));
        return command;
    }
}
