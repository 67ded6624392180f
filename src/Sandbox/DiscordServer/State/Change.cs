using System.Text.Json.Nodes;

namespace Rally.Sandbox.DiscordServer.State;

/// <summary>Something that happened in the world, told to gateway sessions and to open pages once the state is kept.</summary>
/// <param name="Name">The gateway's name of the event, such as GUILD_MEMBER_UPDATE.</param>
/// <param name="Intent">The intent a session must have asked for; 0 for events that every session gets.</param>
/// <param name="Data">The event's payload; not changed after it was given.</param>
/// <param name="OnlyFor">When set, the one member whose pages hear of it, and no gateway session does.</param>
/// <param name="ForPagesOnly">No gateway session hears of it.</param>
internal sealed record Change(string Name, int Intent, JsonObject Data, ulong? OnlyFor = null, bool ForPagesOnly = false)
{
    public const string CommandsChanged = "SANDBOX_COMMANDS";
}
