using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Options;
using Rally.Storage;

namespace Rally.Webhooks.Deliveries;

/// <summary>The attempts at each endpoint, kept for <see cref="WebhooksOptions.KeepAttempts"/>.</summary>
internal sealed class AttemptLog(Database database, IOptions<WebhooksOptions> options, TimeProvider time)
{
    private const int PrunedAtOnce = 500;
    private const int ReadAtOnce = 20;

    private static readonly RowsStatement<AttemptPage> Insert = new RowsStatement<AttemptPage>("""
        INSERT INTO webhook_attempt_page (endpoint_id, last_id, first_id, failed, last_delivered_at, attempts)
        SELECT r.endpoint_id, r.last_id, r.first_id, r.failed, r.last_delivered_at, r.attempts
        FROM {rows} WHERE EXISTS (SELECT 1 FROM webhook_endpoint e WHERE e.id = r.endpoint_id)
        """)
        .With("endpoint_id", page => page.EndpointId)
        .With("last_id", page => page.LastId)
        .With("first_id", page => page.FirstId)
        .With("failed", page => page.Failed)
        .With("last_delivered_at", page => page.LastDeliveredAt)
        .With("attempts", page => page.Attempts);

    public static Task AddAsync(DbTransaction transaction, IReadOnlyList<Attempt> attempts, CancellationToken stop) =>
        Insert.ExecuteAsync(transaction, [.. AttemptPage.Of(attempts)], stop);

    /// <param name="endpointId">Whose.</param>
    /// <param name="before">Older than this one; null for the newest.</param>
    /// <param name="onlyFailed">Without those that delivered.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The newest first.</returns>
    public async Task<IReadOnlyList<Attempt>> ReadAsync(Guid endpointId, Guid? before, bool onlyFailed, int limit, CancellationToken stop)
    {
        var found = new List<Attempt>();
        Guid? from = before is { } newest ? TimeOrder.FirstIdAfter(newest, AttemptPage.LongestSpan) : null;
        while (true)
        {
            var pages = await PagesAsync(endpointId, from, before, onlyFailed, stop);
            foreach (var page in pages)
            {
                // One that began early may have been stored late: pages overlap.
                if (found.Count >= limit && page.LastId.CompareTo(found[limit - 1].Id) < 0)
                    return found[..limit];
                found.AddRange(page.Read().Where(attempt => (before is null || attempt.Id.CompareTo(before) < 0) && (!onlyFailed || attempt.Failure is not null)));
                found.Sort((one, other) => other.Id.CompareTo(one.Id));
            }

            if (pages.Count < ReadAtOnce)
                return found[..Math.Min(limit, found.Count)];
            from = pages[^1].LastId;
        }
    }

    /// <summary>Deletes what is older than is kept.</summary>
    /// <returns>How many pages of them.</returns>
    public async Task<int> PruneAsync(CancellationToken stop)
    {
        var before = TimeOrder.FirstIdOf(time.GetUtcNow() - options.Value.KeepAttempts);
        var endpoints = await database.ReadAsync(connection => connection.QueryAsync<Guid>(new CommandDefinition("""
            SELECT e.id FROM webhook_endpoint e
            WHERE (SELECT p.last_id FROM webhook_attempt_page p WHERE p.endpoint_id = e.id ORDER BY p.last_id LIMIT 1) < @before
            """, new { before }, cancellationToken: stop)), stop);
        var pruned = 0;
        foreach (var endpointId in endpoints)
            pruned += await PruneAsync(endpointId, before, stop);
        return pruned;
    }

    private async Task<int> PruneAsync(Guid endpointId, Guid before, CancellationToken stop)
    {
        var which = new { endpointId, before, most = (long)PrunedAtOnce };
        var pruned = 0;
        while (true)
        {
            var some = await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition("""
                DELETE FROM webhook_attempt_page WHERE endpoint_id = @endpointId AND last_id IN
                  (SELECT last_id FROM webhook_attempt_page WHERE endpoint_id = @endpointId AND last_id < @before ORDER BY last_id LIMIT @most)
                """, which, transaction, cancellationToken: stop)), stop);
            pruned += some;
            if (some < PrunedAtOnce)
                return pruned;
        }
    }

    private Task<List<AttemptPage>> PagesAsync(Guid endpointId, Guid? from, Guid? before, bool onlyFailed, CancellationToken stop)
    {
        var which = new { endpointId, from = from ?? Guid.AllBitsSet, before = before ?? Guid.AllBitsSet, least = onlyFailed ? 1L : 0L, limit = (long)ReadAtOnce };
        return database.ReadAsync(async connection => (await connection.QueryAsync<AttemptPage>(new CommandDefinition("""
            SELECT endpoint_id, first_id, last_id, failed, last_delivered_at, attempts FROM webhook_attempt_page
            WHERE endpoint_id = @endpointId AND last_id < @from AND first_id < @before AND failed >= @least
            ORDER BY last_id DESC LIMIT @limit
            """, which, cancellationToken: stop))).AsList(), stop);
    }
}
