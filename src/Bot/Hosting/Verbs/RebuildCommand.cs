using System.CommandLine;
using Rally.Ledger.Followers;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>The operator's remedy for what is built from the log.</summary>
internal static class RebuildCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var names = new Argument<string[]>("names") { Description = "history, market, or both when none is named.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("rebuild", "Drop what is built from the log, accounts' histories and coins' market figures, and build it again.") { names, data, store };
        command.SetAction((parsed, stop) => OperatorVerb.RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)),
            (app, token) => RebuildAsync(RallyHost.OfOwnNetwork<RebuildFollowers>(app), parsed.GetValue(names) ?? [], token),
            stop));
        return command;
    }

    private static async Task RebuildAsync(RebuildFollowers followers, string[] names, CancellationToken stop)
    {
        if (names.Except(followers.Names).FirstOrDefault() is { } unknown)
            throw new SettingException($"There is no '{unknown}' to rebuild: there are {string.Join(" and ", followers.Names)}.");
        foreach (var name in names is [] ? followers.Names : names)
            Console.WriteLine($"{name} is rebuilt, up to position {await followers.ExecuteAsync(name, stop)} of the log.");
    }
}
