using System.Data.Common;
using System.Text.Json;
using Dapper;

namespace Rally.Storage.Changes;

/// <summary>
/// Changes that others are to be told of (a transactional outbox): appended in the transaction that makes the change, so that
/// neither is there without the other, and read by number. Appending comes last in a transaction, for on PostgreSQL it waits for
/// other appenders' commits; in return a reader who has seen a number never meets a lower one later.
/// </summary>
public sealed class Outbox(Database database, TimeProvider time, IEnumerable<LogPlace> places)
{
    private const string Columns = "number, place, at, type, topic, data";
    private const int PrunedAtOnce = 2_000;

    private readonly string _place = places.SingleOrDefault()?.Sql ?? "SELECT 0";
    private TaskCompletionSource _announced = NewSignal();

    /// <summary>Appends a change, after the last entry of the log that is committed.</summary>
    /// <param name="transaction">The one that makes the change.</param>
    /// <param name="type">What kind.</param>
    /// <param name="topic">What it is about; null for nothing to choose by.</param>
    /// <param name="data">Becomes JSON.</param>
    /// <param name="stop">Ends the wait for other appenders.</param>
    public async Task AppendAsync(DbTransaction transaction, string type, string? topic, object data, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await InsertAsync(transaction, _place, type, topic, data, null, stop).ConfigureAwait(false);
    }

    /// <summary>The same for one who keeps the log and knows better: after this place, which the transaction may be about to fill.</summary>
    public async Task AppendAfterAsync(DbTransaction transaction, long place, string type, string? topic, object data, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        await InsertAsync(transaction, "SELECT @place", type, topic, data, place, stop).ConfigureAwait(false);
    }

    /// <summary>Wakes readers in this process, once what was appended is committed. Those in others look for themselves.</summary>
    public void Announce() => Interlocked.Exchange(ref _announced, NewSignal()).SetResult();

    /// <summary>The last change's number; 0 without any.</summary>
    public Task<long> LastAsync(CancellationToken stop) => database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(
        new CommandDefinition("SELECT coalesce(max(number), 0) FROM storage_outbox", cancellationToken: stop)), stop);

    /// <summary>The last change's number before the log came to a place; 0 without any.</summary>
    public Task<long> LastBeforeAsync(long place, CancellationToken stop) => database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(
        new CommandDefinition("SELECT coalesce(max(number), 0) FROM storage_outbox WHERE place < @place", new { place }, cancellationToken: stop)), stop);

    /// <summary>Changes in order.</summary>
    /// <param name="after">Their numbers are above this.</param>
    /// <param name="upTo">Their places are not.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Ends the read.</param>
    public Task<IReadOnlyList<Change>> ReadAsync(long after, long upTo, int limit, CancellationToken stop) =>
        database.ReadAsync<IReadOnlyList<Change>>(async connection => (await connection.QueryAsync<Change>(new CommandDefinition(
            $"SELECT {Columns} FROM storage_outbox WHERE number > @after AND place <= @upTo ORDER BY number LIMIT @limit",
            new { after, upTo, limit = (long)limit }, cancellationToken: stop)).ConfigureAwait(false)).AsList(), stop);

    /// <summary>Returns once there is a change with a number above <paramref name="after"/>.</summary>
    /// <param name="after">The last one known.</param>
    /// <param name="poll">How often to look for those of other processes.</param>
    /// <param name="stop">Ends the wait.</param>
    public async Task WaitAsync(long after, TimeSpan poll, CancellationToken stop)
    {
        while (true)
        {
            var announced = Volatile.Read(ref _announced).Task;
            if (await LastAsync(stop).ConfigureAwait(false) > after)
                return;
            await announced.WaitAsync(poll, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Forgets changes from before a time, but for the last one: no number is given twice.</summary>
    /// <returns>How many.</returns>
    public async Task<int> PruneAsync(DateTimeOffset before, CancellationToken stop)
    {
        var pruned = 0;
        while (true)
        {
            var some = await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition("""
                DELETE FROM storage_outbox WHERE number IN (
                  SELECT number FROM storage_outbox
                  WHERE at < @before AND number < (SELECT max(number) FROM storage_outbox) ORDER BY number LIMIT @most)
                """, new { before, most = (long)PrunedAtOnce }, transaction, cancellationToken: stop)), stop).ConfigureAwait(false);
            pruned += some;
            if (some < PrunedAtOnce)
                return pruned;
        }
    }

    private async Task InsertAsync(
        DbTransaction transaction, string placeSql, string type, string? topic, object data, long? place, CancellationToken stop)
    {
        await database.SerializeAsync(transaction, "storage.outbox", stop).ConfigureAwait(false);
        await transaction.Connection!.ExecuteAsync(new CommandDefinition($"""
            INSERT INTO storage_outbox (number, place, at, type, topic, data)
            VALUES ((SELECT coalesce(max(number), 0) + 1 FROM storage_outbox), ({placeSql}), @now, @type, @topic, @json)
            """, new { now = time.GetUtcNow(), type, topic, json = JsonSerializer.Serialize(data, JsonSerializerOptions.Web), place = place ?? 0 },
            transaction, cancellationToken: stop)).ConfigureAwait(false);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
