using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Transfers;

/// <summary>Looks up transfers by their id.</summary>
internal sealed class FindTransfer(Database database)
{
    /// <returns>Null when nothing was posted under that id.</returns>
    public async Task<JournalEntry?> ExecuteAsync(Guid id, CancellationToken stop)
    {
        var found = await database.ReadAsync(connection => EntryRow.QueryAsync(
            connection, EntryRow.Select + " WHERE t.id = @id", new { id = EntryRow.Bytes(id) }, null, stop), stop).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>All that were committed by the same command as this one, in order.</summary>
    /// <returns>None when nothing was posted under that id.</returns>
    public Task<List<JournalEntry>> WithLinkedAsync(Guid id, CancellationToken stop) => database.ReadAsync(
        connection => EntryRow.QueryAsync(
            connection,
            EntryRow.Select + """
             WHERE t.position >= (SELECT position - link FROM ledger_transfer WHERE id = @id)
               AND t.position < coalesce(
                 (SELECT min(n.position) FROM ledger_transfer n
                  WHERE n.link = 0 AND n.position > (SELECT position FROM ledger_transfer WHERE id = @id)),
                 9223372036854775807)
            ORDER BY t.position
            """,
            new { id = EntryRow.Bytes(id) },
            null,
            stop), stop);
}
