using Dapper;
using Rally.Ledger.Journal;
using Rally.Storage;

namespace Rally.Ledger.Escrow;

/// <summary>Gives back what was pending and whose time is up.</summary>
internal sealed class ExpireHolds(Database database, LedgerWriter ledger, TimeProvider time)
{
    private const int MostAtOnce = 500;

    /// <returns>How many were ended. Another process may have been quicker with some.</returns>
    public async Task<int> ExecuteAsync(CancellationToken stop)
    {
        var ended = 0;
        while (true)
        {
            var now = time.GetUtcNow();
            var due = (await database.ReadAsync(connection => connection.QueryAsync<DueRow>(new CommandDefinition("""
                SELECT id FROM ledger_hold WHERE state = 'open' AND expires_at <= @now ORDER BY expires_at LIMIT @most
                """, new { now, most = (long)MostAtOnce }, cancellationToken: stop)), stop).ConfigureAwait(false)).AsList();
            if (due.Count == 0)
                return ended;
            var answers = await ledger.SubmitAsync(
                [.. due.Select(hold => ResolveHold.Expire(Guid.CreateVersion7(now), hold.Id))], stop).ConfigureAwait(false);
            var expired = answers.Count(answer => answer is PostResult.Posted);
            ended += expired;
            // None: they are for the next round, or a step of the clock has put the ledger's time before this process's.
            if (expired == 0)
                return ended;
        }
    }

    private sealed class DueRow
    {
        public Guid Id { get; init; }
    }
}
