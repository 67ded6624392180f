using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Commands;

/// <summary><c>/rally doctor</c>: what the bot needs here, one line each, and how to mend what is missing.</summary>
internal sealed class RallyDoctor(CheckGuild check) : SlashCommand
{
    public override string Group => "rally";

    public override Permissions Needs => Permissions.ManageGuild;

    public override CommandOption Definition { get; } = Subcommand("doctor");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var findings = await check.ExecuteAsync(call, stop);
        var wrong = findings.Count(finding => !finding.IsWell);
        IEnumerable<string> lines =
        [
            wrong == 0 ? call.Say("doctor.well") : call.Say("doctor.wrong", wrong),
            .. findings.OrderBy(finding => finding.IsWell).Select(finding => $"{(finding.IsWell ? "✅" : "❌")} {call.Say(finding.Key, finding.Parts)}"),
        ];
        return Say.Privately(string.Join('\n', lines));
    }
}
