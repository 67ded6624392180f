using System.Text.Json.Nodes;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>What a route answers when all went well.</summary>
internal readonly record struct RestReply(int Status, JsonNode? Body)
{
    public static RestReply NoContent => new(204, null);

    public static RestReply Ok(JsonNode body) => new(200, body);

    public static RestReply Created(JsonNode body) => new(201, body);
}
