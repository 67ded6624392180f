using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Rally.Bot.DiscordApi.Rest;

namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>Stays connected to Discord's gateway: resumes where it can, identifies where it must, gives up where a person must act.</summary>
internal sealed class DiscordGateway(
    DiscordOptions options, DiscordRest rest, TimeProvider time, Jitter jitter, ILogger<DiscordGateway> log) : IDisposable
{
    // A connection that lasted this long was no failure, whatever ended it.
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(1);

    // After that many failures in a row the address to resume at may itself be what is wrong.
    private const int ResumeFailures = 5;

    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2), jitter);
    private readonly IdentifyLimit _identifies = new(time, log);
    private volatile GatewayConnection? _connection;
    private volatile GatewayDispatcher? _dispatcher;
    private volatile string? _lastFault;

    public GatewayStatus Status
    {
        get
        {
            var connection = _connection;
            return new(connection?.ConnectedSince, connection?.Latency, _lastFault, _dispatcher?.Pending ?? 0);
        }
    }

    /// <summary>
    /// Connects, and again whenever the connection ends, until stopped. Events come in Discord's order, one at a time;
    /// a handler's exception is logged and goes no further.
    /// </summary>
    /// <exception cref="GatewayClosedException">Connecting again cannot help before a person acts.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public async Task RunAsync(Func<GatewayEvent, CancellationToken, Task> handle, CancellationToken stop)
    {
        var dispatcher = _dispatcher = new(handle, log, stop);
        var dispatching = dispatcher.RunAsync();
        try
        {
            await StayConnectedAsync(dispatcher.Publish, stop);
        }
        finally
        {
            await dispatcher.CompleteAsync(dispatching);
        }
    }

    public void Dispose() => _identifies.Dispose();

    private async Task StayConnectedAsync(Action<GatewayEvent> publish, CancellationToken stop)
    {
        GatewaySession? session = null;
        for (var failures = 1; ; failures++)
        {
            var sessionWasInvalid = false;
            try
            {
                var url = session?.ResumeUrl ?? await FindGatewayAsync(stop);
                using var connection = new GatewayConnection(url, session, options, _identifies, time, jitter, log, publish);
                _connection = connection;
                try
                {
                    _lastFault = await connection.RunAsync(stop);
                }
                finally
                {
                    _connection = null;
                    session = connection.Session;
                    sessionWasInvalid = connection.SessionWasInvalid;
                    if (connection.ConnectedSince is { } since && time.GetUtcNow() - since >= Healthy)
                        failures = 1;
                }
            }
            catch (Exception fault) when (IsPassing(fault))
            {
                _lastFault = fault.Message;
            }

            if (failures > ResumeFailures)
                session = null;
            await WaitAsync(failures, sessionWasInvalid && session is null, resumes: session is not null, stop);
        }
    }

    private async Task<Uri> FindGatewayAsync(CancellationToken stop)
    {
        try
        {
            var gateway = await rest.GetGatewayBotAsync(stop);
            await _identifies.WaitForBudgetAsync(gateway.SessionStartLimit, stop);
            return gateway.Url;
        }
        catch (Exception fault) when (fault is DiscordApiException { Status: HttpStatusCode.Unauthorized } or DiscordStoppedException { TokenIsDead: true })
        {
            throw new GatewayClosedException(CloseCode.TokenRejected, CloseCode.FinalReason(CloseCode.TokenRejected)!, fault);
        }
    }

    private async Task WaitAsync(int failures, bool sessionWasInvalid, bool resumes, CancellationToken stop)
    {
        var wait = _backoff.After(failures);
        var toldToWait = TimeSpan.FromSeconds(1 + (4 * jitter()));
        if (sessionWasInvalid && wait < toldToWait)
            wait = toldToWait;
        log.LogInformation(
            "The gateway connection ended: {Reason}. {Next} in {Wait:0.0} s.", _lastFault, resumes ? "Resuming" : "Identifying", wait.TotalSeconds);
        await Task.Delay(wait, time, stop);
    }

    private static bool IsPassing(Exception fault) =>
        fault is WebSocketException or HttpRequestException or IOException or JsonException or DiscordApiException or DiscordStoppedException;
}
