using System.Net;
using Dapper;
using Rally.Bot.Roles;
using Rally.Bot.Store;
using Rally.Storage;

namespace Rally.Bot.Network;

/// <summary>The bot's own subscription to the network's events, made once and mended at every start.</summary>
internal sealed class WebhookSubscription(
    RallyClient network, Installation installation, Database database, SecretStore secrets, DirtyMembers dirty,
    ILogger<WebhookSubscription> log)
{
    private static readonly string[] Events = ["transfer.posted"];
    private volatile string? _secret;

    /// <summary>The secret deliveries are signed with; null until <see cref="EnsureAsync"/> has succeeded once in this process.</summary>
    public string? Secret => _secret;

    /// <summary>Sees to it that the network delivers to this bot.</summary>
    /// <exception cref="NetworkException">The network is out of reach; call again later.</exception>
    public async Task EnsureAsync(CancellationToken stop)
    {
        var known = await installation.GetAsync(stop);
        var row = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>(
            "SELECT endpoint_id, url, secret FROM bot_subscription WHERE network_url = @Url", new { Url = Key(known) }), stop);
        if (row is not null)
        {
            // Deliveries may come in while we ask, so the secret is in place first.
            _secret = secrets.Unprotect(row.Secret);
            if (await ConfirmAsync(row, known, stop))
                return;
        }

        using var answer = await network.SendAsOwnAsync(
            HttpMethod.Post, "api/webhook-endpoints", new { url = known.WebhookUrl, events = Events }, stop);
        var made = await RallyClient.ReadAsync<Created>(answer, stop);
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO bot_subscription (network_url, endpoint_id, url, secret) VALUES (@Key, @Id, @Url, @secret)
            ON CONFLICT (network_url) DO UPDATE
            SET endpoint_id = excluded.endpoint_id, url = excluded.url, secret = excluded.secret
            """, new { Key = Key(known), made.Id, Url = known.WebhookUrl.ToString(), secret = secrets.Protect(made.Secret) }, transaction), stop);
        _secret = made.Secret;
        log.LogInformation("Subscribed to the Rally network's events at {Url}", known.WebhookUrl);

        // Whatever was posted while there was no subscription has been missed: look at everyone.
        await dirty.MarkAllAsync("the bot subscribed to the network's events", stop);
    }

    /// <returns>False when the network no longer knows the subscription.</returns>
    private async Task<bool> ConfirmAsync(Row row, Installation.Known known, CancellationToken stop)
    {
        using var answer = await network.SendAsOwnAsync(
            HttpMethod.Patch, $"api/webhook-endpoints/{row.EndpointId}", new { url = known.WebhookUrl, enabled = true }, stop);
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return false;
        await RallyClient.ReadAsync<Confirmed>(answer, stop);
        return true;
    }

    // An embedded network may listen on another port at each start and is the same network all the while.
    private static string Key(Installation.Known known) => known.IsEmbedded ? "embedded" : known.NetworkUrl.ToString();

    private sealed record Row(Guid EndpointId, string Url, byte[] Secret);

    private sealed record Created(Guid Id, string Secret)
    {
        public override string ToString() => $"{Id}"; // the secret stays out of logs
    }

    private sealed record Confirmed(Guid Id);
}
