using System.Globalization;
using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Gateway;

/// <summary>Answers REQUEST_GUILD_MEMBERS with GUILD_MEMBERS_CHUNK events.</summary>
internal static class MemberChunks
{
    private const int ChunkSize = 1_000;
    private const int MaxByQuery = 100;

    public static void Send(GatewaySession? session, World world, GatewayHub hub, JsonObject request, GatewayConnection connection)
    {
        var guild = Id(request["guild_id"] is JsonArray and [var only] ? only : request["guild_id"]);
        if (session is null || guild is null)
        {
            connection.Close(CloseCode.DecodeError, "Error while decoding payload.");
            return;
        }

        var asked = request["user_ids"] is { } ids ? (ids as JsonArray ?? [ids.DeepClone()]).Select(Id).OfType<ulong>().ToArray() : null;
        var query = request["query"]?.ToString();
        var limit = int.TryParse(request["limit"]?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var wantsAll = asked is null && string.IsNullOrEmpty(query) && limit == 0;
        if (wantsAll && (session.Intents & Intents.GuildMembers) == 0)
        {
            connection.Close(CloseCode.DisallowedIntents, "Disallowed intent(s).");
            return;
        }

        if (wantsAll && hub.TakeAllMembers() is { Ticks: > 0 } wait)
        {
            TellLimited(session, guild.Value, request["nonce"], wait);
            return;
        }

        world.Read(data =>
        {
            if (guild != data.GuildId)
                return 0;
            var found = data.Members.Values
                .Where(member => asked?.Contains(member.UserId) ?? Matches(data, member, query))
                .OrderBy(member => member.UserId)
                .Take(wantsAll ? int.MaxValue : limit == 0 ? MaxByQuery : Math.Min(limit, MaxByQuery))
                .ToArray();
            var missing = asked?.Where(id => !data.Members.ContainsKey(id)) ?? [];
            Dispatch(session, data, found, missing, request["nonce"]);
            return found.Length;
        });
    }

    private static void Dispatch(GatewaySession session, WorldData data, Member[] found, IEnumerable<ulong> missing, JsonNode? nonce)
    {
        var chunks = found.Chunk(ChunkSize).DefaultIfEmpty([]).ToArray();
        foreach (var (index, chunk) in chunks.Index())
        {
            var json = new JsonObject
            {
                ["guild_id"] = Wire.Id(data.GuildId),
                ["members"] = Wire.Array(chunk.Select(member => member.ToJson(data))),
                ["chunk_index"] = index,
                ["chunk_count"] = chunks.Length,
                ["not_found"] = Wire.Ids(missing),
            };
            if (nonce is not null)
                json["nonce"] = nonce.DeepClone();
            session.Dispatch("GUILD_MEMBERS_CHUNK", json);
        }
    }

    private static void TellLimited(GatewaySession session, ulong guild, JsonNode? nonce, TimeSpan wait) => session.Dispatch("RATE_LIMITED", new()
    {
        ["opcode"] = (int)Opcode.RequestGuildMembers,
        ["retry_after"] = wait.TotalSeconds,
        ["meta"] = new JsonObject { ["guild_id"] = Wire.Id(guild), ["nonce"] = nonce?.DeepClone() },
    });

    private static bool Matches(WorldData data, Member member, string? query) =>
        string.IsNullOrEmpty(query)
        || data.Users[member.UserId].Username.StartsWith(query, StringComparison.OrdinalIgnoreCase)
        || member.Nick?.StartsWith(query, StringComparison.OrdinalIgnoreCase) == true;

    private static ulong? Id(JsonNode? node) =>
        ulong.TryParse(node?.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
}
