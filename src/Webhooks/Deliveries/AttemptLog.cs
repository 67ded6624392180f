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

    private const string Insert = """
        INSERT INTO webhook_attempt
          (id, endpoint_id, message_id, type, position, attempt, began_at, duration_ms, status, failure, answer_headers, answer)
        SELECT @Id, @EndpointId, @MessageId, @Type, @Position, @Number, @BeganAt, @DurationMs, @Status, @Failure, @AnswerHeaders, @Answer
        WHERE EXISTS (SELECT 1 FROM webhook_endpoint WHERE id = @EndpointId)
        """;

    public static Task AddAsync(DbTransaction transaction, IReadOnlyList<Attempt> attempts, CancellationToken stop) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(Insert, attempts, transaction, cancellationToken: stop));

    /// <param name="endpointId">Whose.</param>
    /// <param name="before">Older than this one; null for the newest.</param>
    /// <param name="onlyFailed">Without those that delivered.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The newest first.</returns>
    public Task<IReadOnlyList<Attempt>> ReadAsync(Guid endpointId, Guid? before, bool onlyFailed, int limit, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyList<Attempt>>(async connection => (await connection.QueryAsync<Attempt>(new CommandDefinition($"""
            SELECT {Columns} FROM webhook_attempt
            WHERE endpoint_id = @endpointId AND id < @before AND (failure IS NOT NULL OR @all = 1)
            ORDER BY id DESC LIMIT @limit
            """, new { endpointId, before = before ?? Guid.AllBitsSet, all = onlyFailed ? 0L : 1L, limit = (long)limit }, cancellationToken: stop))).AsList(), stop);

    /// <summary>Deletes what is older than is kept.</summary>
    /// <returns>How many attempts.</returns>
    public async Task<int> PruneAsync(CancellationToken stop)
    {
        // Ids are in the order of time: below the first of that moment are those from before.
        Span<byte> first = stackalloc byte[16];
        Guid.CreateVersion7(time.GetUtcNow() - options.Value.KeepAttempts).TryWriteBytes(first, bigEndian: true, out _);
        first[6..].Clear();
        var before = new Guid(first, bigEndian: true);
        var pruned = 0;
        while (true)
        {
            var some = await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition("""
                DELETE FROM webhook_attempt WHERE id IN (SELECT id FROM webhook_attempt WHERE id < @before ORDER BY id LIMIT @most)
                """, new { before, most = (long)PrunedAtOnce }, transaction, cancellationToken: stop)), stop);
            pruned += some;
            if (some < PrunedAtOnce)
                return pruned;
        }
    }
}
