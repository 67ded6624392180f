using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Options;
using Rally.Storage;

namespace Rally.Webhooks.Deliveries;

/// <summary>The attempts at each endpoint, kept for <see cref="WebhooksOptions.KeepAttempts"/>.</summary>
internal sealed class AttemptLog(Database database, IOptions<WebhooksOptions> options, TimeProvider time)
{
    private const int PrunedAtOnce = 2_000;

    private const string Columns =
        "id, endpoint_id, message_id, type, position, attempt AS number, began_at, duration_ms, status, failure, answer_headers, answer";

    private static readonly RowsStatement<Attempt> Insert = new RowsStatement<Attempt>("""
        INSERT INTO webhook_attempt
          (id, endpoint_id, message_id, type, position, attempt, began_at, duration_ms, status, failure, answer_headers, answer)
        SELECT r.id, r.endpoint_id, r.message_id, r.type, r.position, r.attempt, r.began_at, r.duration_ms, r.status, r.failure, r.answer_headers, r.answer
        FROM {rows} WHERE EXISTS (SELECT 1 FROM webhook_endpoint e WHERE e.id = r.endpoint_id)
        """)
        .With("id", attempt => attempt.Id)
        .With("endpoint_id", attempt => attempt.EndpointId)
        .With("message_id", attempt => attempt.MessageId)
        .With("type", attempt => attempt.Type)
        .With("position", attempt => attempt.Position)
        .With("attempt", attempt => attempt.Number)
        .With("began_at", attempt => attempt.BeganAt)
        .With("duration_ms", attempt => attempt.DurationMs)
        .With("status", attempt => attempt.Status)
        .With("failure", attempt => attempt.Failure)
        .With("answer_headers", attempt => attempt.AnswerHeaders)
        .With("answer", attempt => attempt.Answer);

    public static Task AddAsync(DbTransaction transaction, IReadOnlyList<Attempt> attempts, CancellationToken stop) =>
        Insert.ExecuteAsync(transaction, attempts, stop);

    /// <param name="endpointId">Whose.</param>
    /// <param name="before">Older than this one; null for the newest.</param>
    /// <param name="onlyFailed">Without those that delivered.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The newest first.</returns>
    public async Task<IReadOnlyList<Attempt>> ReadAsync(Guid endpointId, Guid? before, bool onlyFailed, int limit, CancellationToken stop)
    {
        var which = new { endpointId, before = before ?? Guid.AllBitsSet, all = onlyFailed ? 0L : 1L, limit = (long)limit };
        return (await database.ReadAsync(connection => connection.QueryAsync<Attempt>(new CommandDefinition($"""
            SELECT {Columns} FROM webhook_attempt
            WHERE endpoint_id = @endpointId AND id < @before AND (failure IS NOT NULL OR @all = 1)
            ORDER BY id DESC LIMIT @limit
            """, which, cancellationToken: stop)), stop)).AsList();
    }

    /// <summary>Deletes what is older than is kept.</summary>
    /// <returns>How many attempts.</returns>
    public async Task<int> PruneAsync(CancellationToken stop)
    {
        var before = FirstIdOf(time.GetUtcNow() - options.Value.KeepAttempts);
        var endpoints = await database.ReadAsync(connection => connection.QueryAsync<Guid>(new CommandDefinition("""
            SELECT e.id FROM webhook_endpoint e
            WHERE (SELECT a.id FROM webhook_attempt a WHERE a.endpoint_id = e.id ORDER BY a.id LIMIT 1) < @before
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
                DELETE FROM webhook_attempt WHERE endpoint_id = @endpointId AND id IN
                  (SELECT id FROM webhook_attempt WHERE endpoint_id = @endpointId AND id < @before ORDER BY id LIMIT @most)
                """, which, transaction, cancellationToken: stop)), stop);
            pruned += some;
            if (some < PrunedAtOnce)
                return pruned;
        }
    }

    /// <summary>The lowest id of a moment: ids (UUID version 7) are in the order of time, and begin with their 48 bits of milliseconds.</summary>
    private static Guid FirstIdOf(DateTimeOffset moment)
    {
        Span<byte> bytes = stackalloc byte[16];
        Guid.CreateVersion7(moment).TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[6..].Clear();
        return new Guid(bytes, bigEndian: true);
    }
}
