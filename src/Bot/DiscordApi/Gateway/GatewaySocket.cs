using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>Whole JSON messages over a WebSocket, sent one at a time and at most 120 a minute.</summary>
internal sealed class GatewaySocket(Uri url, TimeProvider time) : IDisposable
{
    // Discord closes with 4008 at more than 120 in 60 s. The rest is left for heartbeats, which never queue.
    private const int SendsPerMinute = 110;
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly SlidingWindow _sends = new(SendsPerMinute, TimeSpan.FromMinutes(1), time);
    private readonly ArrayBufferWriter<byte> _received = new(16 * 1024);

    /// <summary>The code the other side closed with; null when the connection broke without one.</summary>
    public int? CloseCode => (int?)_socket.CloseStatus;

    public Task ConnectAsync(CancellationToken stop)
    {
        // The gateway has heartbeats of its own.
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
        var query = url.Query.Length > 1 ? url.Query + "&v=10&encoding=json" : "?v=10&encoding=json";
        return _socket.ConnectAsync(new UriBuilder(url) { Query = query }.Uri, stop);
    }

    /// <summary>Null when the connection has ended.</summary>
    public async Task<GatewayMessage?> ReceiveAsync(CancellationToken stop)
    {
        _received.ResetWrittenCount();
        while (true)
        {
            ValueWebSocketReceiveResult part;
            try
            {
                part = await _socket.ReceiveAsync(_received.GetMemory(4 * 1024), stop);
            }
            catch (Exception fault) when (fault is WebSocketException || (fault is OperationCanceledException && !stop.IsCancellationRequested))
            {
                // Broken by the other side, or aborted by CloseAsync.
                return null;
            }

            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            _received.Advance(part.Count);
            if (part.EndOfMessage)
                return GatewayMessage.Read(_received.WrittenSpan);
        }
    }

    /// <param name="urgent">A heartbeat: does not queue behind the limit.</param>
    /// <exception cref="WebSocketException">The connection has ended.</exception>
    public async Task SendAsync(int operation, object? data, bool urgent, CancellationToken stop)
    {
        if (!urgent)
            await _sends.EnterAsync(stop);
        // "d" is written even when null: a first heartbeat has no sequence number.
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new Dictionary<string, object?> { ["op"] = operation, ["d"] = data }, DiscordJson.Options);
        await _sending.WaitAsync(stop);
        try
        {
            await _socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, stop);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>Says goodbye and hangs up, without waiting long for a side that may be gone.</summary>
    public async Task CloseAsync(int code)
    {
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            using var patience = new CancellationTokenSource(ClosePatience);
            try
            {
                await _socket.CloseOutputAsync((WebSocketCloseStatus)code, null, patience.Token);
            }
            catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
            {
                // It is over either way.
            }
        }

        _socket.Abort();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
        _sends.Dispose();
    }
}
