using Rally.Bot.DiscordApi.Gateway;

namespace Rally.Bot.Hosting;

/// <summary>How far the bot has come, for <c>/healthz</c>, and for those who wait until it is ready.</summary>
internal sealed class BotStatus
{
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _onDiscord = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Subscribed to the network's events, and, where Discord is on, connected to it with its commands registered.</summary>
    public Task Ready => Task.WhenAll(_subscribed.Task, _onDiscord.Task);

    /// <summary>What is wrong with Discord and needs a person; null while nothing is.</summary>
    public string? DiscordFault { get; private set; }

    /// <summary>Done once the bot is subscribed to the network's events.</summary>
    public Task IsSubscribed => _subscribed.Task;

    /// <summary>When something of the network was last heard or read; null for never.</summary>
    public DateTimeOffset? NetworkHeardAt { get; private set; }

    /// <summary>Why nothing is heard of it; null while it is.</summary>
    public string? NetworkFault { get; private set; }

    public void NetworkIs(DateTimeOffset? heardAt, string? fault) => (NetworkHeardAt, NetworkFault) = (heardAt, fault);

    public void Subscribed() => _subscribed.TrySetResult();

    public void OnDiscord()
    {
        DiscordFault = null;
        _onDiscord.TrySetResult();
    }

    /// <summary>There is no token: the network runs without Discord.</summary>
    public void DiscordIsOff() => _onDiscord.TrySetResult();

    public void DiscordFailed(string fault) => DiscordFault = fault;

    /// <param name="gateway">How the gateway stands now; null where Discord is off.</param>
    public IResult ToResult(GatewayStatus? gateway)
    {
        // A gateway or a network that is away for a while mends itself: it is told, and not held against health.
        var ready = Ready.IsCompletedSuccessfully && DiscordFault is null;
        return Results.Json(
            new
            {
                status = ready ? "ready" : "not ready",
                network = _subscribed.Task.IsCompleted,
                networkHeardAt = NetworkHeardAt,
                networkFault = NetworkFault,
                discord = gateway is null ? "off" : _onDiscord.Task.IsCompleted && DiscordFault is null ? "on" : "not yet",
                discordFault = DiscordFault,
                gatewayConnectedSince = gateway?.ConnectedSince,
                gatewayLatencyMilliseconds = gateway?.Latency?.TotalMilliseconds,
                gatewayLastFault = gateway?.LastFault,
            },
            statusCode: ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
