using System.CommandLine;
using Rally.Auth.Server.Keys;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>The operator's way to change the keys that sign ID tokens before their time.</summary>
internal static class RotateSigningKeyCommand
{
    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var withdraw = new Option<bool>("--withdraw") { Description = "Take the old keys off the published list at once: somebody may have them." };
        var command = new Command("rotate-signing-key", "Make new keys that sign ID tokens from now on.") { withdraw, data, store };
        command.SetAction((parsed, stop) => OperatorVerb.RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)),
            async (app, token) =>
            {
                var isWithdrawn = parsed.GetValue(withdraw);
                await RallyHost.OfOwnNetwork<ReplaceSigningKeys>(app).ExecuteAsync(isWithdrawn, token);
                Console.WriteLine(isWithdrawn
                    ? "New keys sign ID tokens; the old ones are withdrawn, and what they have signed is good no longer."
                    : "New keys sign ID tokens; the old ones stay published until what they have signed is invalid.");
            },
            stop));
        return command;
    }
}
