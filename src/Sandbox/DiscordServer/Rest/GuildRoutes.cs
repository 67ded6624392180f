using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>The guild itself, its channels and its audit log.</summary>
internal sealed class GuildRoutes(World world)
{
    public void Map(RestRoutes routes)
    {
        routes.Map("GET", "/guilds/{guild}", Guild);
        routes.Map("GET", "/guilds/{guild}/channels", call => RestReply.Ok(world.Read(data =>
        {
            Find.Guild(data, call);
            return Wire.Array(data.GuildChannels().Select(channel => channel.ToJson(data)));
        })));
        routes.Map("GET", "/guilds/{guild}/audit-logs", AuditLog);
    }

    private RestReply Guild(RestCall call) => world.Read(data =>
    {
        Find.Guild(data, call);
        var json = data.GuildJson();
        if (call.Query("with_counts") == "true")
        {
            json["approximate_member_count"] = data.Members.Count;
            json["approximate_presence_count"] = data.Members.Count;
        }

        return RestReply.Ok(json);
    });

    private RestReply AuditLog(RestCall call) => world.Read(data =>
    {
        Find.Guild(data, call);
        Find.RequireBot(data, Permission.ViewAuditLog);
        var before = call.QueryId("before", ulong.MaxValue);
        var action = call.QueryNumber("action_type", 0, 0, 1_000);
        var entries = data.AuditLog.AsEnumerable().Reverse()
            .Where(entry => entry.Id < before && (action == 0 || (int)entry.Action == action))
            .Take(call.QueryNumber("limit", 50, 1, 100))
            .ToArray();
        return RestReply.Ok(new JsonObject
        {
            ["audit_log_entries"] = Wire.Array(entries.Select(ToJson)),
            ["users"] = Wire.Array(entries.Select(entry => entry.ActorId).Distinct().Select(user => data.Users[user].ToJson())),
            ["application_commands"] = new JsonArray(),
            ["auto_moderation_rules"] = new JsonArray(),
            ["guild_scheduled_events"] = new JsonArray(),
            ["integrations"] = new JsonArray(),
            ["threads"] = new JsonArray(),
            ["webhooks"] = new JsonArray(),
        });
    });

    private static JsonObject ToJson(AuditLogEntry entry)
    {
        var json = new JsonObject
        {
            ["id"] = Wire.Id(entry.Id),
            ["action_type"] = (int)entry.Action,
            ["user_id"] = Wire.Id(entry.ActorId),
            ["target_id"] = Wire.Id(entry.TargetId),
            ["changes"] = entry.Changes.DeepClone(),
        };
        if (entry.Reason is not null)
            json["reason"] = entry.Reason;
        return json;
    }
}
