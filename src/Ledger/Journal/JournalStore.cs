using System.Data.Common;

namespace Rally.Ledger.Journal;

/// <summary>How one engine loads what a batch touches and writes what it did; the only code that writes the ledger's tables.</summary>
internal abstract class JournalStore
{
    /// <summary>Reads what the commands name.</summary>
    public async Task<JournalState> LoadAsync(DbTransaction transaction, IReadOnlyList<LedgerCommand> commands)
    {
        var orders = commands.SelectMany(command => command.Orders).ToList();
        return await LoadAsync(
            transaction,
            [.. orders.Select(order => order.Id).Distinct()],
            [.. orders.SelectMany(order => new[] { order.Debit, order.Credit }).Distinct()],
            [.. orders.Select(order => order.Coin).Distinct()]).ConfigureAwait(false);
    }

    /// <summary>Writes the batch's coins, accounts and entries. The caller commits.</summary>
    public abstract Task SaveAsync(DbTransaction transaction, Batch batch);

    protected abstract Task<JournalState> LoadAsync(DbTransaction transaction, Guid[] ids, AccountKey[] accounts, string[] coins);
}
