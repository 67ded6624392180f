using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Roles;

namespace Rally.Bot.Commands;

/// <summary><c>/tier remove</c>: the bot no longer gives or takes a role.</summary>
internal sealed class TierRemove(Tiers tiers) : SlashCommand
{
    public override string Group => "tier";

    public override Permissions Needs => Permissions.ManageRoles;

    public override CommandOption Definition { get; } = Subcommand(
        "remove", "Stop giving and taking a role; who has it keeps it",
        Required(CommandOptionType.Role, "role", "The role"));

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var role = call.Role("role");
        return await tiers.RemoveAsync(call.GuildId, role, stop)
            ? Say.Publicly($"The tier of {Say.Role(role)} is gone. Who has the role keeps it; the bot no longer gives or takes it.")
            : Say.Privately($"{Say.Role(role)} has no tier. `/tier list` shows those there are.");
    }
}
