using System.CommandLine;
using System.Diagnostics;
using Rally.Ledger.Blocks;
using Rally.Storage.Migrations;

namespace Rally.Bot.Hosting;

/// <summary>The operator's way to change the key that signs blocks. On SQLite the serving process must be stopped meanwhile; on PostgreSQL it may run.</summary>
internal static class RotateAuthorityCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var command = new Command("rotate-authority", "Make the next key that signs blocks, introduced by the present one.") { data, store };
        command.SetAction((parsed, stop) => RunAsync(HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)), stop));
        return command;
    }

    private static async Task<int> RunAsync(Dictionary<string, string?> overrides, CancellationToken stop)
    {
        try
        {
            await using var app = RallyHost.Build(overrides);
            await app.Services.GetRequiredService<Migrator>().RunAsync(stop);
            switch (await RallyHost.OfOwnNetwork<RotateAuthority>(app).ExecuteAsync(stop))
            {
                case RotateAuthority.Result.Rotated rotated:
                    Console.WriteLine($"Authority {rotated.Number} signs from block {rotated.FirstHeight} on; its public key is {rotated.PublicKey}.");
                    return 0;
                case RotateAuthority.Result.NothingSealed:
                    throw new SettingException("No block was sealed yet: the first one makes the first key, so there is none to rotate.");
                case var other:
                    throw new UnreachableException($"{other}");
            }
        }
        catch (Exception fault) when (StartFault.Explain(fault) is { } explained)
        {
            await Console.Error.WriteLineAsync(explained);
            return 1;
        }
    }
}
