using System.Net;
using Dapper;
using Rally.Bot.Roles;
using Rally.Bot.Store;
using Rally.Storage;

namespace Rally.Bot.Network;

/// <summary>The bot's own subscription to the network's events: made once, and mended whenever it is looked at.</summary>
internal sealed class WebhookSubscription(
    RallyClient network, Installation installation, Database database, SecretStore secrets, DirtyMembers dirty,
    ILogger<WebhookSubscription> log)
{
    private static readonly string[] Events = ["transfer.posted", "heartbeat"];
    private volatile string? _secret;
    private volatile bool _isDoubted;

    /// <summary>The secret deliveries are signed with; null until <see cref="EnsureAsync"/> has succeeded once in this process.</summary>
    public string? Secret => _secret;

    /// <param name="Position">The last place of the log that the network has sent, or passed over.</param>
    /// <param name="Fault">Why what it sends does not arrive; null when it does.</param>
    public sealed record Standing(long Position, string? Fault);

    /// <summary>
    /// Something came with a signature that is not the network's. Anybody can send that; but should the network itself fail to deliver, it
    /// may be that it signs with another secret than the bot has.
    /// </summary>
    public void Doubt() => _isDoubted = true;

    /// <summary>Sees to it that the network delivers to this bot.</summary>
    /// <exception cref="NetworkException">The network is out of reach; call again later.</exception>
    public async Task<Standing> EnsureAsync(CancellationToken stop)
    {
        var known = await installation.GetAsync(stop);
        // Deliveries may come in while we ask, so the secret is in place first.
        if (await LoadAsync(stop) is { } row)
        {
            if (await MendAsync(row, known, stop) is { } standing)
                return standing;
            log.LogWarning("The Rally network no longer had the bot's subscription as it was; it is made again");
        }

        return new(await MakeAsync(known, stop), null);
    }

    /// <summary>Takes the secret as it is stored: another process on the same store may have subscribed anew.</summary>
    /// <returns>The subscription; null when there is none.</returns>
    public async Task<Row?> LoadAsync(CancellationToken stop)
    {
        var known = await installation.GetAsync(stop);
        var row = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>(
            "SELECT endpoint_id, secret FROM bot_subscription WHERE network_url = @Key", new { Key = known.SubscriptionKey }), stop);
        if (row is not null)
            _secret = secrets.Unprotect(row.Secret);
        return row;
    }

    private async Task<long> MakeAsync(Installation.Known known, CancellationToken stop)
    {
        using var answer = await network.SendAsOwnAsync(
            HttpMethod.Post, "api/webhook-endpoints", new { url = known.WebhookUrl, events = Events }, stop);
        var made = await RallyClient.ReadAsync<Created>(answer, stop);

        // Whatever was posted while there was no subscription has been missed: look at everyone. Before it is noted that there is one,
        // so that this is not forgotten.
        await dirty.MarkAllAsync("the bot subscribed to the network's events", stop);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO bot_subscription (network_url, endpoint_id, url, secret, position) VALUES (@Key, @Id, @Url, @secret, @Position)
            ON CONFLICT (network_url) DO UPDATE
            SET endpoint_id = excluded.endpoint_id, url = excluded.url, secret = excluded.secret, position = excluded.position
            """, new
        {
            Key = known.SubscriptionKey,
            made.Id,
            Url = known.WebhookUrl.ToString(),
            secret = secrets.Protect(made.Secret),
            made.Position,
        }, transaction), stop);
        (_secret, _isDoubted) = (made.Secret, false);
        log.LogInformation("Subscribed to the Rally network's events at {Url}", known.WebhookUrl);
        return made.Position;
    }

    /// <returns>Null when it has to be made anew.</returns>
    private async Task<Standing?> MendAsync(Row row, Installation.Known known, CancellationToken stop)
    {
        var path = $"api/webhook-endpoints/{row.EndpointId}";
        using var answer = await network.SendAsOwnAsync(HttpMethod.Get, path, null, stop);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        var endpoint = await RallyClient.ReadAsync<Endpoint>(answer, stop);
        if (endpoint.Failures == 0)
            _isDoubted = false;
        // A version before this one may have asked for less.
        if (endpoint is { DisabledAt: null, Failures: 0 } && endpoint.Url == known.WebhookUrl.ToString() && !Events.Except(endpoint.Events).Any())
            return new(endpoint.Position, null);

        if (_isDoubted)
        {
            using var removed = await network.SendAsOwnAsync(HttpMethod.Delete, path, null, stop);
            return null;
        }

        if (endpoint.DisabledAt is not null)
            log.LogWarning("The Rally network had disabled the bot's subscription, and it is enabled again: {Reason}", endpoint.DisabledReason);
        // Any change has what failed tried again at once.
        using var changed = await network.SendAsOwnAsync(HttpMethod.Patch, path, new { url = known.WebhookUrl, events = Events, enabled = true }, stop);
        if (changed.StatusCode == HttpStatusCode.NotFound)
            return null;
        await RallyClient.ReadAsync<Endpoint>(changed, stop);
        return new(endpoint.Position, endpoint.Failures > 0 ? $"The network cannot deliver to {known.WebhookUrl}: {endpoint.LastFailure}" : null);
    }

    /// <summary>As stored; the secret is encrypted.</summary>
    public sealed record Row(Guid EndpointId, byte[] Secret);

    private sealed record Created(Guid Id, string Secret, long Position)
    {
        public override string ToString() => $"{Id}"; // the secret stays out of logs
    }

    private sealed record Endpoint(
        Guid Id, string Url, IReadOnlyList<string> Events, long Position, long Failures, string? LastFailure, DateTimeOffset? DisabledAt, string? DisabledReason);
}
