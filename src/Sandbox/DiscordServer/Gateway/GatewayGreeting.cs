using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Gateway;

/// <summary>What a new session is shown.</summary>
internal static class GatewayGreeting
{
    public static JsonObject Ready(WorldData data, GatewaySession session, Uri address) => new()
    {
        ["v"] = 10,
        ["user"] = data.Users[data.ApplicationId].ToOwnJson(),
        ["guilds"] = session.Holds(data.GuildId)
            ? new JsonArray(new JsonObject { ["id"] = Wire.Id(data.GuildId), ["unavailable"] = true })
            : new JsonArray(),
        ["session_id"] = session.Id,
        ["resume_gateway_url"] = address.ToString(),
        ["shard"] = new JsonArray(session.Shard, session.ShardCount),
        ["application"] = new JsonObject { ["id"] = Wire.Id(data.ApplicationId), ["flags"] = 1 << 15 },
        ["private_channels"] = new JsonArray(),
        ["relationships"] = new JsonArray(),
        ["session_type"] = "normal",
    };

    /// <summary>Discord names all members only to a bot that has asked for presences; others see themselves.</summary>
    public static JsonObject GuildCreate(WorldData data, int intents)
    {
        var seesAll = (intents & Intents.GuildPresences) != 0;
        var json = data.GuildJson();
        json["joined_at"] = Wire.Time(data.Members[data.ApplicationId].JoinedAt);
        json["large"] = false;
        json["unavailable"] = false;
        json["member_count"] = data.Members.Count;
        json["members"] = Wire.Array(data.Members.Values
            .Where(member => seesAll || member.UserId == data.ApplicationId)
            .Select(member => member.ToJson(data)));
        json["channels"] = Wire.Array(data.GuildChannels().Select(channel => channel.ToJson(data)));
        json["threads"] = new JsonArray();
        json["presences"] = new JsonArray();
        json["voice_states"] = new JsonArray();
        json["stage_instances"] = new JsonArray();
        json["guild_scheduled_events"] = new JsonArray();
        json["soundboard_sounds"] = new JsonArray();
        return json;
    }
}
