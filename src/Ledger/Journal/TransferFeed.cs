using Dapper;
using Microsoft.Extensions.Options;
using Rally.Ledger.Events;
using Rally.Ledger.Store;
using Rally.Ledger.Trades;
using Rally.Storage;

namespace Rally.Ledger.Journal;

internal sealed class TransferFeed(
    Database database, CommitSignal committed, ReadEvents events, TimeProvider time, IOptions<LedgerOptions> options) : ITransferFeed
{
    /// <summary>Selects it.</summary>
    public const string LastPosition = "SELECT coalesce(max(position), 0) FROM ledger_transfer";

    private const int LargestRead = 10_000;

    private readonly TimeSpan _pollInterval = options.Value.FeedPollInterval;

    public Task<long> LastPositionAsync(CancellationToken stop) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(new CommandDefinition(
            LastPosition, cancellationToken: stop)), stop);

    public async Task<IReadOnlyList<TransferPosted>> ReadAsync(long after, int limit, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LargestRead);
        var entries = await database.ReadAsync(connection => EntryRow.QueryAsync(
            connection, EntryRow.Select + " WHERE t.position > @after ORDER BY t.position LIMIT @limit", new { after, limit = (long)limit }, null, stop), stop)
            .ConfigureAwait(false);
        return entries.ConvertAll(entry => entry.ToPosted());
    }

    public async Task<IReadOnlyList<TransferPosted>> ReadWithEventsAsync(long after, int limit, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LargestRead);
        // A trade's event is told by all its entries, and they may begin before the first one asked for or end after the last.
        const int around = TradeCommand.MostLegs - 1;
        var from = Math.Max(0, after - around);
        var entries = await database.ReadAsync(connection => EntryRow.QueryAsync(
            connection, EntryRow.Select + " WHERE t.position > @from ORDER BY t.position LIMIT @limit",
            new { from, limit = after - from + limit + around }, null, stop), stop).ConfigureAwait(false);
        var told = await events.ExecuteAsync(entries, after + 1, after + limit, stop).ConfigureAwait(false);
        return [.. entries.Where(entry => entry.Position > after && entry.Position <= after + limit)
            .Select(entry => entry.ToPosted() with { Event = told.GetValueOrDefault(entry.Position) })];
    }

    public async Task WaitAsync(long after, CancellationToken stop)
    {
        while (true)
        {
            var next = committed.Next;
            if (await LastPositionAsync(stop).ConfigureAwait(false) > after)
                return;
            await next.WaitAsync(_pollInterval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.ThrowIfCancellationRequested();
        }
    }
}
