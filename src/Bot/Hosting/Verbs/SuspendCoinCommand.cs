using System.CommandLine;
using System.Diagnostics;
using Rally.Ledger.Coins;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>The operator's brake.</summary>
internal static class SuspendCoinCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var symbol = new Argument<string>("symbol") { Description = "The coin's symbol." };
        var resume = new Option<bool>("--resume") { Description = "Let it go on." };
        var command = new Command("suspend-coin", "Stop a coin: nothing of it is bought, sold or sent until it is resumed.") { symbol, resume, data, store };
        command.SetAction((parsed, stop) => OperatorVerb.RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)),
            async (app, token) =>
            {
                var (coin, suspended) = (parsed.GetValue(symbol)!, !parsed.GetValue(resume));
                var result = await RallyHost.OfOwnNetwork<SuspendCoin>(app).ExecuteAsync(coin, suspended, token);
                var state = suspended ? "suspended" : "not suspended";
                Console.WriteLine(result switch
                {
                    SuspendCoin.Result.Changed changed => $"{changed.Coin.Symbol} is {state} now.",
                    SuspendCoin.Result.AlreadySo => $"{coin} is {state} already.",
                    SuspendCoin.Result.UnknownCoin => throw new SettingException($"There is no coin {coin} that can be suspended."),
                    _ => throw new UnreachableException($"{result}"),
                });
            },
            stop));
        return command;
    }
}
