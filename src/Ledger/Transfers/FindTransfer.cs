using System.Data.Common;
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
        var found = await database.ReadAsync(
            connection => ReadAsync(connection, EntryRow.Select + " WHERE t.id = @id", EntryRow.Bytes(id), stop), stop).ConfigureAwait(false);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>All that were committed by the same command as this one, in order.</summary>
    /// <returns>None when nothing was posted under that id.</returns>
    public Task<IReadOnlyList<JournalEntry>> WithLinkedAsync(Guid id, CancellationToken stop) => database.ReadAsync(
        connection => ReadAsync(
            connection,
            EntryRow.Select + """
             WHERE t.position >= (SELECT position - link FROM ledger_transfer WHERE id = @id)
               AND t.position < coalesce(
                 (SELECT min(n.position) FROM ledger_transfer n
                  WHERE n.link = 0 AND n.position > (SELECT position FROM ledger_transfer WHERE id = @id)),
                 9223372036854775807)
            ORDER BY t.position
            """,
            EntryRow.Bytes(id),
            stop), stop);

    private static async Task<IReadOnlyList<JournalEntry>> ReadAsync(DbConnection connection, string sql, byte[] id, CancellationToken stop)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Add("id", id);
        await using var rows = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        var entries = new List<JournalEntry>();
        while (await rows.ReadAsync(stop).ConfigureAwait(false))
            entries.Add(EntryRow.Read(rows));
        return entries;
    }
}
