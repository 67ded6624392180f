using System.Text.Json;

namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>Beats at Discord's interval, the first at a random part of it, and notices when answers stay away.</summary>
internal sealed class Heartbeat(GatewaySocket socket, Func<long?> lastSequence, TimeProvider time, Jitter jitter)
{
    private readonly Lock _gate = new();
    private long? _unanswered;
    private TimeSpan? _latency;

    public TimeSpan? Latency
    {
        get
        {
            lock (_gate)
                return _latency;
        }
    }

    /// <summary>Returns when a beat went unanswered until the next was due: nobody is there.</summary>
    public async Task BeatAsync(TimeSpan interval, CancellationToken stop)
    {
        await Task.Delay(interval * jitter(), time, stop);
        while (true)
        {
            lock (_gate)
            {
                if (_unanswered is not null)
                    return;
                _unanswered = time.GetTimestamp();
            }

            await SendAsync(stop);
            await Task.Delay(interval, time, stop);
        }
    }

    /// <summary>Beats out of turn, when the gateway asks for it.</summary>
    public Task SendAsync(CancellationToken stop) =>
        socket.SendAsync(GatewayMessage.Heartbeat, lastSequence(), urgent: true, stop);

    public void Acknowledge()
    {
        lock (_gate)
        {
            if (_unanswered is { } sent)
                _latency = time.GetElapsedTime(sent);
            _unanswered = null;
        }
    }

    public static TimeSpan Interval(JsonElement hello) =>
        hello.TryGetProperty("heartbeat_interval", out var value) && value.TryGetInt32(out var milliseconds) && milliseconds > 0
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new JsonException("The gateway's hello names no heartbeat interval.");
}
