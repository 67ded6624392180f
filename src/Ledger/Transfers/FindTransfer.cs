using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Transfers;

/// <summary>Looks up a transfer by its id.</summary>
internal sealed class FindTransfer(Database database)
{
    /// <returns>Null when nothing was posted under that id.</returns>
    public Task<JournalEntry?> ExecuteAsync(Guid id, CancellationToken stop) => database.ReadAsync(async connection =>
    {
        await using var command = connection.CreateCommand();
        command.CommandText = EntryRow.Select + " WHERE t.id = @id";
        command.Add("id", EntryRow.Bytes(id));
        await using var row = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        return await row.ReadAsync(stop).ConfigureAwait(false) ? EntryRow.Read(row) : null;
    }, stop);
}
