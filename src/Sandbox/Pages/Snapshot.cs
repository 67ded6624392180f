using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Interactions;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.Pages;

/// <summary>The guild as one member sees it; without a member, as everybody does.</summary>
internal static class Snapshot
{
    public static JsonObject Of(WorldData data, ulong? viewer) => new()
    {
        ["guild"] = new JsonObject
        {
            ["id"] = Wire.Id(data.GuildId),
            ["name"] = data.GuildName,
            ["ownerId"] = Wire.Id(data.OwnerId),
            ["applicationId"] = Wire.Id(data.ApplicationId),
        },
        ["roles"] = data.RolesJson(),
        ["members"] = Wire.Array(data.Members.Values.OrderBy(member => member.UserId).Select(member => member.ToJson(data))),
        ["left"] = Wire.Array(data.Users.Values.Where(user => !data.Members.ContainsKey(user.Id)).Select(user => user.ToJson())),
        ["channels"] = Wire.Array(data.Channels.Values
            .Where(channel => channel.RecipientId is null || channel.RecipientId == viewer)
            .Select(channel => WithMessages(data, channel, viewer))),
        ["commands"] = viewer is { } member
            ? Wire.Array(CommandInput.Visible(data, member).Select(command => command.ToJson(data)))
            : new JsonArray(),
    };

    private static JsonObject WithMessages(WorldData data, Channel channel, ulong? viewer)
    {
        var json = channel.ToJson(data);
        json["messages"] = Wire.Array(channel.Messages
            .Where(message => message.OnlyFor is null || message.OnlyFor == viewer)
            .Select(message => message.ToJson(data)));
        return json;
    }
}
