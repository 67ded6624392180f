using Dapper;
using Microsoft.Extensions.Options;
using Rally.Ledger.Amounts;
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
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Row>(new CommandDefinition("""
            SELECT t.position, t.id, t.coin, d.holder AS debit_holder, c.holder AS credit_holder,
                   t.amount, t.kind, t.note, t.posted_at
            FROM ledger_transfer t
            JOIN ledger_account d ON d.id = t.debit_account
            JOIN ledger_account c ON c.id = t.credit_account
            WHERE t.position > @after
            ORDER BY t.position
            LIMIT @limit
            """, new { after, limit = (long)limit }, cancellationToken: stop)), stop).ConfigureAwait(false);
        return [.. rows.Select(row => row.ToPosted())];
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

    private sealed record Row(
        long Position, Guid Id, string Coin, Guid? DebitHolder, Guid? CreditHolder, long Amount, string Kind, string Note, DateTimeOffset PostedAt)
    {
        public TransferPosted ToPosted() =>
            new(Position, Id, Coin, DebitHolder, CreditHolder, new Amount(Amount), Kind, Note, PostedAt);
    }
}
