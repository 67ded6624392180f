using System.CommandLine;
using System.Diagnostics;
using Rally.Ledger.Coins;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>The operator's way to let RLY in, until there is a bridge.</summary>
internal static class IssueRlyCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var to = new Argument<string>("rally-id") { Description = "Who receives it, by the Rally id on their account page." };
        var amount = new Argument<string>("amount") { Description = "How much RLY, such as 1000." };
        var note = new Option<string?>("--note") { Description = "For the receiver." };
        var command = new Command("issue-rly", "Give an account RLY, which coins are bought with.") { to, amount, note, data, store };
        command.SetAction((parsed, stop) => OperatorVerb.RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)),
            async (app, token) =>
            {
                var receiver = VerbArguments.RallyId("rally-id", parsed.GetValue(to)!);
                var rly = VerbArguments.Amount("amount", parsed.GetValue(amount)!);
                var result = await RallyHost.OfOwnNetwork<IssueRly>(app).ExecuteAsync(receiver, rly, parsed.GetValue(note) ?? "", token);
                Console.WriteLine(result switch
                {
                    IssueRly.Result.Issued issued => $"{receiver} has {issued.BalanceAfter} RLY now.",
                    IssueRly.Result.Invalid invalid => throw new SettingException(invalid.Reason),
                    _ => throw new UnreachableException($"{result}"),
                });
            },
            stop));
        return command;
    }
}
