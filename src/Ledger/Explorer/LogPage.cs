using Microsoft.AspNetCore.Http;
using Rally.Ledger.Followers;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Explorer;

/// <summary>/explorer/log: everything that was posted, newest first.</summary>
internal sealed class LogPage(Database database)
{
    public async Task<IResult> ShowAsync(string? before, CancellationToken stop)
    {
        if (!Pager.TryBefore(before, out var below))
            return ExplorerPage.NoSuchPage(Paths.Log);
        var entries = await database.ReadAsync(connection => EntryRow.QueryAsync(
            connection, EntryRow.Select + " WHERE t.position < @below ORDER BY t.position DESC LIMIT @most",
            new { below, most = (long)Pager.Entries }, null, stop), stop).ConfigureAwait(false);
        long? older = entries.Count > 0 && entries[^1].Position > 1 ? entries[^1].Position : null;
        return new ExplorerPage(
            "Log",
            $"""
            {EntryList.Table(entries, "All that was posted, newest first")}
            {Pager.Links(Paths.Log, before is null, older)}
            """,
            Paths.Log);
    }
}
