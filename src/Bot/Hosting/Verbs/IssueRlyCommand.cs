using System.CommandLine;
using System.Diagnostics;
using Rally.Ledger.Coins;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>The operator's way to let RLY in, until there is a bridge.</summary>
internal static class IssueRlyCommand
{
    private static readonly Argument<string> To = new("rally-id") { Description = "Who receives it, by the Rally id on their account page." };
    private static readonly Argument<string> Amount = new("amount") { Description = "How much RLY, such as 1000." };
    private static readonly Option<string?> Note = new("--note") { Description = "For the receiver." };
    private static readonly Option<string?> Id = new("--id") { Description = "To try again after a lost answer: the id that was printed then. RLY is issued once for each." };
    private static readonly Option<bool> Anyway = new("--anyway") { Description = "Also to an id that no account here has." };

    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var command = new Command("issue-rly", "Give an account RLY, which coins are bought with.") { To, Amount, Note, Id, Anyway, data, store };
        command.SetAction((parsed, stop) => OperatorVerb.RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)), (app, token) => RunAsync(app, parsed, token), stop));
        return command;
    }

    private static async Task RunAsync(WebApplication app, ParseResult parsed, CancellationToken stop)
    {
        var issue = RallyHost.OfOwnNetwork<IssueRly>(app);
        var to = VerbArguments.RallyId("rally-id", parsed.GetValue(To)!);
        var rly = VerbArguments.Amount("amount", parsed.GetValue(Amount)!);
        var id = VerbArguments.Id("--id", parsed.GetValue(Id));
        var receiver = await VerbArguments.AccountAsync("rally-id", to, app, parsed.GetValue(Anyway), stop);
        if (id is null)
        {
            id = issue.NewId();
            Console.WriteLine($"To try again after a lost answer: --id {id}");
        }

        // Not to be stopped on the way: it would be issued, and nobody told.
        var result = await issue.ExecuteAsync(to, rly, parsed.GetValue(Note) ?? "", CancellationToken.None, id);
        Console.WriteLine(result switch
        {
            IssueRly.Result.Issued { Repeated: true } first => $"This was issued before, and not again: {receiver} had {first.BalanceAfter} RLY then.",
            IssueRly.Result.Issued issued => $"{receiver} has {issued.BalanceAfter} RLY now.",
            IssueRly.Result.Conflict conflict => throw new SettingException(
                $"--id: {conflict.Id} stands in the log with another receiver, amount or note. Nothing was issued. " +
                "Give the same ones to try again, or leave --id out to issue once more."),
            IssueRly.Result.Invalid invalid => throw new SettingException(invalid.Reason),
            _ => throw new UnreachableException($"{result}"),
        });
    }
}
