using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rally.Sandbox.DiscordServer.Gateway;

/// <summary>Payloads of the gateway as bytes.</summary>
internal static class Frame
{
    public static byte[] Of(Opcode opcode, JsonNode? data) => Bytes(opcode, data, null, null);

    public static byte[] Dispatch(string name, long sequence, JsonNode data) => Bytes(Opcode.Dispatch, data, sequence, name);

    private static byte[] Bytes(Opcode opcode, JsonNode? data, long? sequence, string? name) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["op"] = (int)opcode,
        ["d"] = data?.DeepClone(),
        ["s"] = sequence,
        ["t"] = name,
    });
}
