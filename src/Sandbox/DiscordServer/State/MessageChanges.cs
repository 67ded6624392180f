using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Gateway;
using Rally.Sandbox.DiscordServer.Shapes;

namespace Rally.Sandbox.DiscordServer.State;

/// <summary>Changes of messages, with their events. Call within <see cref="World.Change{T}"/>.</summary>
internal static class MessageChanges
{
    public static void Post(this World world, Message message)
    {
        var channel = world.Data.Channels[message.ChannelId];
        channel.Messages.Add(message);
        if (channel.Messages.Count > Channel.KeptMessages)
            channel.Messages.RemoveAt(0);
        world.TellMessage("MESSAGE_CREATE", message);
    }

    public static void MessageEdited(this World world, Message message)
    {
        message.EditedAt = world.Time.GetUtcNow();
        world.TellMessage("MESSAGE_UPDATE", message);
    }

    public static void RemoveMessage(this World world, Message message)
    {
        world.Data.Channels[message.ChannelId].Messages.Remove(message);
        var json = new JsonObject { ["id"] = Wire.Id(message.Id), ["channel_id"] = Wire.Id(message.ChannelId) };
        world.TellIn(message, "MESSAGE_DELETE", json);
    }

    /// <summary>The direct channel of the bot with this user, made when it is first needed.</summary>
    public static Channel DirectChannel(this World world, ulong userId)
    {
        var data = world.Data;
        if (data.Channels.Values.FirstOrDefault(channel => channel.RecipientId == userId) is { } known)
            return known;
        var made = new Channel { Id = world.Snowflakes.Next(), Name = "", RecipientId = userId };
        data.Channels.Add(made.Id, made);
        return made;
    }

    private static void TellMessage(this World world, string name, Message message)
    {
        var data = world.Data;
        var json = message.ToJson(data);
        if (data.Channels[message.ChannelId].RecipientId is null && data.Members.TryGetValue(message.AuthorId, out var author))
            json["member"] = author.ToJson(data, withUser: false);
        world.TellIn(message, name, json);
    }

    private static void TellIn(this World world, Message message, string name, JsonObject json)
    {
        var isDirect = world.Data.Channels[message.ChannelId].RecipientId is not null;
        if (!isDirect)
            json["guild_id"] = Wire.Id(world.Data.GuildId);
        world.Tell(new(name, isDirect ? Intents.DirectMessages : Intents.GuildMessages, json, message.OnlyFor));
    }
}
