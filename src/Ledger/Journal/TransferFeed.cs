using Dapper;
using Microsoft.Extensions.Options;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Journal;

internal sealed class TransferFeed(Database database, CommitSignal committed, TimeProvider time, IOptions<LedgerOptions> options)
    : ITransferFeed
{
    private const int LargestRead = 10_000;

    private readonly TimeSpan _pollInterval = options.Value.FeedPollInterval;

    public Task<long> LastPositionAsync(CancellationToken stop) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT coalesce(max(position), 0) FROM ledger_transfer", cancellationToken: stop)), stop);

    public async Task<IReadOnlyList<TransferPosted>> ReadAsync(long after, int limit, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LargestRead);
        return await database.ReadAsync(async connection =>
        {
            await using var command = connection.CreateCommand();
            command.CommandText = EntryRow.Select + " WHERE t.position > @after ORDER BY t.position LIMIT @limit";
            command.Add("after", after);
            command.Add("limit", (long)limit);
            await using var rows = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            var transfers = new List<TransferPosted>();
            while (await rows.ReadAsync(stop).ConfigureAwait(false))
                transfers.Add(EntryRow.Read(rows).ToPosted());
            return transfers;
        }, stop).ConfigureAwait(false);
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
