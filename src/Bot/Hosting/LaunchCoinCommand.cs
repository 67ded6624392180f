using System.CommandLine;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage.Migrations;

namespace Rally.Bot.Hosting;

/// <summary>
/// The operator's way to launch a coin with a fixed supply for an account of the embedded network. On SQLite the serving process must be stopped meanwhile; on PostgreSQL it may run.
/// </summary>
internal static class LaunchCoinCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var symbol = new Argument<string>("symbol") { Description = "2 to 10 letters or digits." };
        var name = new Option<string>("--name") { Description = "The coin's name.", Required = true };
        var creator = new Option<string>("--creator") { Description = "The Rally id of the creator's account, as its page shows it.", Required = true };
        var supply = new Option<string>("--supply") { Description = "All there will be of it, for example 1000000.", Required = true };
        var command = new Command("launch-coin", "Launch a coin with a fixed supply, all of it to its creator.") { symbol, name, creator, supply, data, store };
        command.SetAction((parsed, stop) => RunAsync(
            parsed.GetValue(symbol)!, parsed.GetValue(name)!, parsed.GetValue(creator)!, parsed.GetValue(supply)!,
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)), stop));
        return command;
    }

    private static async Task<int> RunAsync(
        string symbol, string name, string creator, string supply, Dictionary<string, string?> overrides, CancellationToken stop)
    {
        try
        {
            if (!Guid.TryParse(creator, out var rallyId))
                throw new SettingException($"--creator: '{creator}' is not a Rally id. The creator finds theirs on the account page.");
            if (!Amount.TryParse(supply, out var amount))
                throw new SettingException($"--supply: '{supply}' is not an amount, such as 1000000 or 250.5.");
            await using var app = RallyHost.Build(overrides);
            await app.Services.GetRequiredService<Migrator>().RunAsync(stop);
            switch (await RallyHost.OfOwnNetwork<LaunchCoin>(app).ExecuteAsync(LaunchCoin.Request.Fixed(symbol, name, rallyId, amount), stop))
            {
                case LaunchCoin.Result.Launched launched:
                    Console.WriteLine($"{launched.Coin.Symbol} is launched: {launched.Coin.Supply} of it, all with {rallyId}.");
                    return 0;
                case LaunchCoin.Result.AlreadyLaunched taken:
                    throw new SettingException($"{taken.Existing.Symbol} was launched before, by {taken.Existing.Creator}. Choose another symbol.");
                case LaunchCoin.Result.Invalid invalid:
                    throw new SettingException(invalid.Reason);
                case var other:
                    throw new System.Diagnostics.UnreachableException($"{other}");
            }
        }
        catch (Exception fault) when (StartFault.Explain(fault) is { } explained)
        {
            await Console.Error.WriteLineAsync(explained);
            return 1;
        }
    }
}
