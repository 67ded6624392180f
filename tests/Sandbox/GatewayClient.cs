using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rally.Sandbox.Tests;

/// <summary>A bot's side of the gateway, by hand.</summary>
internal sealed class GatewayClient : IAsyncDisposable
{
    public const int AllIntents = 1 | 2 | 1 << 8 | 1 << 9 | 1 << 15;

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _tooLong = new(TimeSpan.FromSeconds(20));

    public long Sequence { get; private set; }

    public int? CloseCode => (int?)_socket.CloseStatus;

    public static async Task<GatewayClient> ConnectAsync(SandboxServer server, string query = "?v=10&encoding=json")
    {
        var client = new GatewayClient();
        await client._socket.ConnectAsync(new Uri(server.Gateway + query), CancellationToken.None);
        return client;
    }

    public async Task SendAsync(int opcode, object? data) => await SendRawAsync(JsonSerializer.Serialize(new { op = opcode, d = data }));

    public async Task SendRawAsync(string text) => await _socket.SendAsync(
        System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, _tooLong.Token);

    public Task IdentifyAsync(SandboxServer server, int intents = AllIntents) => SendAsync(2, new
    {
        token = server.BotToken,
        intents,
        properties = new { os = "linux", browser = "test", device = "test" },
    });

    /// <summary>HELLO, IDENTIFY, READY and GUILD_CREATE; returns READY.</summary>
    public async Task<JsonNode> LogInAsync(SandboxServer server, int intents = AllIntents)
    {
        await OpcodeAsync(10);
        await IdentifyAsync(server, intents);
        var ready = await EventAsync("READY");
        if ((intents & 1) != 0)
            await EventAsync("GUILD_CREATE");
        return ready;
    }

    /// <summary>The next payload; null when the server closed.</summary>
    public async Task<JsonNode?> NextAsync()
    {
        using var whole = new MemoryStream();
        var buffer = new byte[16_384];
        ValueWebSocketReceiveResult part;
        do
        {
            try
            {
                part = await _socket.ReceiveAsync(buffer.AsMemory(), _tooLong.Token);
            }
            catch (WebSocketException)
            {
                return null;
            }

            if (part.MessageType == WebSocketMessageType.Close)
            {
                await _socket.CloseOutputAsync(_socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, _tooLong.Token);
                return null;
            }

            whole.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);

        var payload = JsonNode.Parse(whole.ToArray())!;
        Sequence = (long?)payload["s"] ?? Sequence;
        return payload;
    }

    /// <summary>The data of the next event of this name; others are passed over.</summary>
    public async Task<JsonNode> EventAsync(string name)
    {
        while (await NextAsync() is { } payload)
        {
            if ((string?)payload["t"] == name)
                return payload["d"]!;
        }

        throw new InvalidOperationException($"The gateway closed ({CloseCode}) before {name}.");
    }

    public async Task<JsonNode?> OpcodeAsync(int opcode)
    {
        while (await NextAsync() is { } payload)
        {
            if ((int)payload["op"]! == opcode)
                return payload["d"];
        }

        throw new InvalidOperationException($"The gateway closed ({CloseCode}) before opcode {opcode}.");
    }

    /// <summary>Reads on until the server closes, and returns its code.</summary>
    public async Task<int?> ClosedAsync()
    {
        while (await NextAsync() is not null)
        {
        }

        return CloseCode;
    }

    /// <summary>Is lost without a word.</summary>
    public void Vanish() => _socket.Abort();

    public ValueTask DisposeAsync()
    {
        _socket.Abort();
        _socket.Dispose();
        _tooLong.Dispose();
        return ValueTask.CompletedTask;
    }
}
