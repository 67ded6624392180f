using System.Globalization;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Commands;

/// <summary><c>/rally export</c>: what the bot keeps of this server, as a file for whoever manages it.</summary>
internal sealed class RallyExport(GuildExport export, TimeProvider time) : SlashCommand
{
    public override string Group => "rally";

    public override Permissions Needs => Permissions.ManageGuild;

    public override CommandOption Definition { get; } = Subcommand("export");

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var day = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var file = new MessageFile($"rally-{call.GuildId}-{day}.json", "application/json", await export.WriteAsync(call.GuildId, stop));
        return new(new() { Content = call.Say("export.done", GuildExport.MostRows), Files = [file] });
    }
}
