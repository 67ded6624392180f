using System.Text.Json;

namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>One payload of the gateway: operation, data, and for dispatches sequence number and event name.</summary>
internal sealed record GatewayMessage(int Operation, JsonElement Data, long? Sequence, string? Name)
{
    public const int Dispatch = 0;
    public const int Heartbeat = 1;
    public const int Identify = 2;
    public const int Resume = 6;
    public const int Reconnect = 7;
    public const int InvalidSession = 9;
    public const int Hello = 10;
    public const int HeartbeatAck = 11;

    /// <exception cref="JsonException">It is not a payload.</exception>
    public static GatewayMessage Read(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        var wire = JsonSerializer.Deserialize<Wire>(ref reader, DiscordJson.Options) ?? throw new JsonException("The gateway sent null.");
        return new(wire.Op, wire.D, wire.S, wire.T);
    }

    private sealed record Wire(int Op, JsonElement D = default, long? S = null, string? T = null);
}
