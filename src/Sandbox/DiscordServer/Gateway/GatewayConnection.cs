using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Rally.Sandbox.DiscordServer.Faults;

namespace Rally.Sandbox.DiscordServer.Gateway;

/// <summary>One WebSocket: HELLO, heartbeats, the limit of sends, and a queue that lets other threads send.</summary>
internal sealed class GatewayConnection(
    WebSocket socket, GatewayProtocol protocol, SandboxOptions options, FaultPlan faults)
{
    private const int MaxPayloadBytes = 4_096;
    private static readonly TimeSpan SendWindow = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan CloseGrace = TimeSpan.FromSeconds(2);

    private readonly Channel<Outgoing> _outgoing = Channel.CreateUnbounded<Outgoing>(new() { SingleReader = true });
    private DateTimeOffset _windowEnd;
    private int _sentInWindow;
    private ITimer? _watch;

    /// <summary>Set once identified or resumed.</summary>
    public GatewaySession? Session { get; set; }

    public void Send(byte[] frame) => _outgoing.Writer.TryWrite(new(frame, null, ""));

    public void Send(Opcode opcode, JsonNode? data) => Send(Frame.Of(opcode, data));

    /// <summary>Ends the connection after what is queued already.</summary>
    public void Close(int code, string reason)
    {
        _outgoing.Writer.TryWrite(new(null, code, reason));
        _outgoing.Writer.TryComplete();
    }

    public void Close(CloseCode code, string reason) => Close((int)code, reason);

    /// <summary>Tells the client that its session is no good for now, or for good.</summary>
    public void Invalidate(bool isResumable)
    {
        if (!isResumable)
        {
            protocol.Forget(this);
            Session = null;
        }

        Send(Opcode.InvalidSession, isResumable);
    }

    /// <summary>Cuts the line without a close frame.</summary>
    public void Drop() => socket.Abort();

    /// <summary>Runs until either side ends it; returns the code the client closed with, null when it did not.</summary>
    public async Task<int?> RunAsync(CancellationToken stop)
    {
        // A client may miss one beat; after two intervals without one the session has timed out.
        var patience = options.HeartbeatInterval * 2;
        _watch = options.Time.CreateTimer(_ => TimeOut(), null, patience, Timeout.InfiniteTimeSpan);
        var sending = SendAllAsync(stop);
        try
        {
            Send(Opcode.Hello, new JsonObject { ["heartbeat_interval"] = (long)options.HeartbeatInterval.TotalMilliseconds });
            return await ReceiveAllAsync(patience, stop);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
        {
            return null;
        }
        finally
        {
            await _watch.DisposeAsync();
            _outgoing.Writer.TryComplete();
            await sending;
        }
    }

    private void TimeOut()
    {
        protocol.Forget(this);
        Close(CloseCode.SessionTimedOut, "Session timed out.");
    }

    private async Task<int?> ReceiveAllAsync(TimeSpan patience, CancellationToken stop)
    {
        var buffer = new byte[MaxPayloadBytes + 1];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), stop);
                length += part.Count;
            }
            while (!part.EndOfMessage && length < buffer.Length);

            if (part.MessageType == WebSocketMessageType.Close)
            {
                Close(WebSocketCloseStatusOrNormal(), "");
                return (int?)socket.CloseStatus ?? (int)WebSocketCloseStatus.NormalClosure;
            }

            if (length > MaxPayloadBytes || !TryParse(buffer.AsSpan(0, length), out var payload))
                Close(CloseCode.DecodeError, "Error while decoding payload.");
            else if (IsOverLimit())
                Close(CloseCode.RateLimited, "You are being rate limited.");
            else if (payload["op"]!.GetValue<int>() == (int)Opcode.Heartbeat)
                Beat(patience);
            else
                protocol.Handle(this, payload);
        }
    }

    private int WebSocketCloseStatusOrNormal() => socket.CloseStatus switch
    {
        null or WebSocketCloseStatus.Empty => (int)WebSocketCloseStatus.NormalClosure,
        var status => (int)status,
    };

    private void Beat(TimeSpan patience)
    {
        _watch!.Change(patience, Timeout.InfiniteTimeSpan);
        if (!faults.HeartbeatsUnanswered)
            Send(Opcode.HeartbeatAck, null);
    }

    private bool IsOverLimit()
    {
        if (!options.RateLimits.Enabled)
            return false;
        var now = options.Time.GetUtcNow();
        if (now >= _windowEnd)
            (_windowEnd, _sentInWindow) = (now + SendWindow, 0);
        return ++_sentInWindow > options.RateLimits.GatewaySendsPerMinute;
    }

    private static bool TryParse(ReadOnlySpan<byte> bytes, out JsonObject payload)
    {
        payload = [];
        try
        {
            if (JsonNode.Parse(bytes) is not JsonObject json || json["op"] is not JsonValue op || !op.TryGetValue(out int _))
                return false;
            payload = json;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private async Task SendAllAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var next in _outgoing.Reader.ReadAllAsync(stop))
            {
                if (next.Frame is not null)
                    await socket.SendAsync(next.Frame, WebSocketMessageType.Text, endOfMessage: true, stop);
                else if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                    await socket.CloseOutputAsync((WebSocketCloseStatus)next.CloseCode!.Value, next.Reason, stop);
            }

            // A client that does not answer the close must not hold the connection.
            if (socket.State == WebSocketState.CloseSent)
                _ = Task.Delay(CloseGrace, stop).ContinueWith(_ => socket.Abort(), TaskScheduler.Default);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            socket.Abort();
        }
    }

    private readonly record struct Outgoing(byte[]? Frame, int? CloseCode, string Reason);
}
