using System.Net.WebSockets;
using System.Text.Json;

namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>One connection from hello to close: receives, and beside that beats and greets.</summary>
internal sealed class GatewayConnection : IDisposable
{
    private static readonly TimeSpan HelloPatience = TimeSpan.FromSeconds(20);

    private readonly DiscordOptions _options;
    private readonly IdentifyLimit _identifies;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action<GatewayEvent> _publish;
    private readonly GatewaySocket _socket;
    private readonly Heartbeat _heartbeat;
    private string? _ownReason;

    /// <param name="session">What to resume; null to identify.</param>
    /// <param name="publish">Takes every event at once, without waiting for whoever handles it.</param>
    public GatewayConnection(
        Uri url,
        GatewaySession? session,
        DiscordOptions options,
        IdentifyLimit identifies,
        TimeProvider time,
        Jitter jitter,
        ILogger log,
        Action<GatewayEvent> publish)
    {
        (Session, _options, _identifies, _time, _log, _publish) = (session, options, identifies, time, log, publish);
        _socket = new(url, time);
        _heartbeat = new(_socket, () => Session?.Sequence, time, jitter);
    }

    /// <summary>What the next connection resumes; null when it must identify.</summary>
    public GatewaySession? Session { get; private set; }

    /// <summary>When it became ready or resumed.</summary>
    public DateTimeOffset? ConnectedSince { get; private set; }

    /// <summary>The gateway gave the session up: the next identify waits one to five seconds.</summary>
    public bool SessionWasInvalid { get; private set; }

    public TimeSpan? Latency => _heartbeat.Latency;

    /// <summary>Runs until the connection ends, and says why it did.</summary>
    /// <exception cref="GatewayClosedException">Connecting again cannot help.</exception>
    /// <exception cref="WebSocketException">It could not be opened.</exception>
    /// <exception cref="JsonException">The other side does not speak the gateway's language.</exception>
    public async Task<string> RunAsync(CancellationToken stop)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var beside = Task.CompletedTask;
        try
        {
            if (await OpenAsync(stop) is not { } interval)
                return Conclude();

            // Stopping says goodbye, so that the bot shows as offline at once; cancelling a receive would just hang up.
            await using var goodbye = stop.Register(() => _ = _socket.CloseAsync((int)WebSocketCloseStatus.NormalClosure));
            beside = Task.WhenAll(
                BesideAsync(() => BeatAsync(interval, ending.Token), ending.Token),
                BesideAsync(() => GreetAsync(ending.Token), ending.Token));
            while (_ownReason is null && await _socket.ReceiveAsync(CancellationToken.None) is { } message)
                await TakeAsync(message, ending.Token);

            stop.ThrowIfCancellationRequested();
            return Conclude();
        }
        finally
        {
            await ending.CancelAsync();
            await _socket.CloseAsync(CloseCode.Unresponsive);
            await beside;
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The heartbeat interval; null when the connection ended before it was told.</summary>
    private async Task<TimeSpan?> OpenAsync(CancellationToken stop)
    {
        using var tooLong = new CancellationTokenSource(HelloPatience, _time);
        using var opening = CancellationTokenSource.CreateLinkedTokenSource(stop, tooLong.Token);
        try
        {
            await _socket.ConnectAsync(opening.Token);
            var hello = await _socket.ReceiveAsync(opening.Token);
            if (hello is not null && hello.Operation != GatewayMessage.Hello)
                throw new JsonException($"The gateway began with operation {hello.Operation} instead of hello.");
            stop.ThrowIfCancellationRequested();
            return hello is null ? null : Heartbeat.Interval(hello.Data);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            _ownReason = "the gateway did not say hello in time";
            return null;
        }
    }

    private async Task BeatAsync(TimeSpan interval, CancellationToken ending)
    {
        await _heartbeat.BeatAsync(interval, ending);
        _ownReason = "heartbeats went unanswered";
        await _socket.CloseAsync(CloseCode.Unresponsive);
    }

    private async Task GreetAsync(CancellationToken ending)
    {
        if (Session is { } session)
        {
            await _socket.SendAsync(
                GatewayMessage.Resume, new { Token = _options.Token, SessionId = session.Id, Seq = session.Sequence }, urgent: false, ending);
            return;
        }

        await _identifies.WaitForTurnAsync(ending);
        var identify = new
        {
            Token = _options.Token,
            Intents = (int)_options.Intents,
            Properties = new { Os = OperatingSystem.IsWindows() ? "windows" : "linux", Browser = "rest-and-gateway", Device = "rest-and-gateway" },
            Shard = new[] { _options.ShardId, _options.ShardCount },
        };
        await _socket.SendAsync(GatewayMessage.Identify, identify, urgent: false, ending);
    }

    /// <summary>Work next to receiving; when it fails the connection ends.</summary>
    private async Task BesideAsync(Func<Task> work, CancellationToken ending)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The connection is over.
        }
        catch (Exception fault)
        {
            _ownReason ??= fault.Message;
            await _socket.CloseAsync(CloseCode.Unresponsive);
        }
    }

    private async Task TakeAsync(GatewayMessage message, CancellationToken ending)
    {
        switch (message.Operation)
        {
            case GatewayMessage.Dispatch:
                TakeDispatch(message);
                break;
            case GatewayMessage.Heartbeat:
                await BesideAsync(() => _heartbeat.SendAsync(ending), ending);
                break;
            case GatewayMessage.HeartbeatAck:
                _heartbeat.Acknowledge();
                break;
            case GatewayMessage.Reconnect:
                _ownReason = "the gateway asked to connect anew";
                break;
            case GatewayMessage.InvalidSession:
                SessionWasInvalid = true;
                if (message.Data.ValueKind != JsonValueKind.True)
                    Session = null;
                _ownReason = "the gateway called the session invalid";
                break;
        }
    }

    private void TakeDispatch(GatewayMessage message)
    {
        var receivedAt = _time.GetTimestamp();
        if (message.Name is not { } name)
            throw new JsonException("The gateway sent an event without a name.");
        if (name == "READY")
            Session = OpenedSession(message.Data);
        if (name is "READY" or "RESUMED")
            ConnectedSince = _time.GetUtcNow();
        if (Session is { } session && message.Sequence is { } sequence)
            session.Sequence = sequence;

        try
        {
            if (GatewayEventReader.TryRead(name, message.Data, receivedAt) is { } happened)
                _publish(happened);
        }
        catch (JsonException fault) when (name != "READY")
        {
            _log.LogError(fault, "Event {Name} is not as Discord documents it and was left out.", name);
        }
    }

    private static GatewaySession OpenedSession(JsonElement ready) =>
        ready.TryGetProperty("session_id", out var id) && id.GetString() is { } sessionId
        && ready.TryGetProperty("resume_gateway_url", out var url) && Uri.TryCreate(url.GetString(), UriKind.Absolute, out var resumeUrl)
            ? new(sessionId, resumeUrl)
            : throw new JsonException("READY names no session.");

    private string Conclude()
    {
        if (_ownReason is not null)
            return _ownReason;
        var code = _socket.CloseCode;
        if (CloseCode.FinalReason(code) is { } reason)
            throw new GatewayClosedException(code!.Value, reason);
        if (CloseCode.EndsSession(code))
            Session = null;
        return code is null ? "the connection broke" : $"the gateway closed it with {code}";
    }
}
