using System.Data.Common;
using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Store;

namespace Rally.Ledger.Journal;

/// <summary>
/// How one engine loads what a batch needs and writes what it did; the only code that writes the journal's tables. What is
/// not on the path of every transfer is the same on both engines, and here.
/// </summary>
internal abstract class JournalStore
{
    /// <summary>Whether another process may write the same journal between two of this one's batches.</summary>
    public abstract bool IsShared { get; }

    public static async Task<LedgerState> LoadStateAsync(DbTransaction transaction, int cachedAccounts)
    {
        var connection = transaction.Connection!;
        var highest = await connection.QueryFirstOrDefaultAsync<IdRow>(
            "SELECT id FROM ledger_transfer ORDER BY id DESC LIMIT 1", transaction: transaction).ConfigureAwait(false);
        var accounts = new AccountCache(cachedAccounts);
        foreach (var row in await connection.QueryAsync<AccountRow>($"{AccountRow.Select} WHERE a.holder IS NULL", transaction: transaction).ConfigureAwait(false))
            accounts.Add(row.ToAccount());
        var coins = (await connection.QueryAsync<CoinRow>(CoinRow.Select, transaction: transaction).ConfigureAwait(false))
            .Select(row => row.ToCoin())
            .ToDictionary(coin => coin.Symbol);
        return new LedgerState(
            await ReadEndsAsync(transaction).ConfigureAwait(false), new RecentIds(highest?.Id ?? Guid.Empty), accounts, coins);
    }

    public static async Task<JournalEnds> ReadEndsAsync(DbTransaction transaction)
    {
        var row = await transaction.Connection!.QuerySingleAsync<EndsRow>("""
            SELECT coalesce((SELECT max(position) FROM ledger_transfer), 0) AS last_position,
                   coalesce((SELECT posted_at FROM ledger_transfer ORDER BY position DESC LIMIT 1), 0) AS last_posted_at,
                   coalesce((SELECT max(id) FROM ledger_account), 0) AS last_account_id,
                   coalesce((SELECT max(revision) FROM ledger_coin), 0) AS coin_revision
            """, transaction: transaction).ConfigureAwait(false);
        return new(row.LastPosition, DateTimeOffset.FromUnixTimeMilliseconds(row.LastPostedAt), row.LastAccountId, row.CoinRevision);
    }

    /// <summary>Once, before anything is read: a backup of the other engine may hold balances where this one does not look.</summary>
    public virtual Task PrepareAsync(DbTransaction transaction) => Task.CompletedTask;

    /// <summary>What the store's own clock says; null when it has none.</summary>
    public abstract Task<DateTimeOffset?> ServerTimeAsync(DbTransaction transaction);

    /// <summary>Reads what the batch asks for: accounts into the writer's state, entries and holds to look at.</summary>
    public async Task<Found> LoadAsync(DbTransaction transaction, Needs needs, LedgerState state)
    {
        var entries = new Dictionary<Guid, JournalEntry>();
        var continued = new HashSet<Guid>();
        if (needs.Entries.Count > 0)
        {
            foreach (var (entry, isContinued) in await FindEntriesAsync(transaction, needs.Entries).ConfigureAwait(false))
            {
                entries.Add(entry.Order.Id, entry);
                if (isContinued)
                    continued.Add(entry.Order.Id);
            }
        }

        var holds = new Dictionary<Guid, Hold>();
        foreach (var id in needs.Holds)
        {
            if (await FindHoldAsync(transaction, id).ConfigureAwait(false) is not { } hold)
                continue;
            holds.Add(id, hold);
            needs.Account(AccountKey.Of(hold.Sender, hold.Coin));
            needs.Account(AccountKey.Of(hold.Receiver, hold.Coin));
        }

        if (needs.Accounts.Count > 0)
        {
            foreach (var account in await FindAccountsAsync(transaction, needs.Accounts).ConfigureAwait(false))
                state.Accounts.Add(account);
        }

        return new Found(entries, continued, holds, needs.Accounts);
    }

    /// <summary>Makes a closed batch ready to be written, as far as that can be done beside the write before it.</summary>
    public virtual void Stage(Batch batch)
    {
    }

    /// <summary>Writes the batch. The caller commits.</summary>
    public async Task SaveAsync(DbTransaction transaction, Batch batch)
    {
        var revision = batch.CoinRevision - batch.Coins.Count;
        foreach (var (coin, isNew) in batch.Coins)
            await SaveCoinAsync(transaction, coin, isNew, ++revision).ConfigureAwait(false);
        if (batch.Entries.Count > 0)
            await SaveEntriesAsync(transaction, batch).ConfigureAwait(false);
        foreach (var (hold, isNew) in batch.Holds)
            await SaveHoldAsync(transaction, hold, isNew).ConfigureAwait(false);
    }

    /// <summary>Reads accounts on a connection for reading, beside a write.</summary>
    /// <returns>Those there are of them.</returns>
    public abstract Task<IReadOnlyList<Account>> ReadAccountsAsync(DbConnection connection, IReadOnlyCollection<AccountKey> keys);

    protected abstract Task<IReadOnlyList<Account>> FindAccountsAsync(DbTransaction transaction, IReadOnlyCollection<AccountKey> keys);

    /// <returns>Those there are, each with whether the next one in the log was linked with it.</returns>
    protected abstract Task<IReadOnlyList<(JournalEntry Entry, bool IsContinued)>> FindEntriesAsync(DbTransaction transaction, IReadOnlyCollection<Guid> ids);

    /// <summary>Writes the entries, the accounts that are new, and the figures of all that were touched.</summary>
    protected abstract Task SaveEntriesAsync(DbTransaction transaction, Batch batch);

    private static Task SaveCoinAsync(DbTransaction transaction, Coin coin, bool isNew, long revision) => ChangeOneAsync(
        transaction,
        isNew
            ? """
              INSERT INTO ledger_coin
                (symbol, name, image, creator, curve, supply, terms, rewards, suspended, launched_after, launched_at, revision)
              VALUES (@Symbol, @Name, @Image, @Creator, @Curve, @Supply, @Terms, @Rewards, @Suspended, @LaunchedAfter, @LaunchedAt, @Revision)
              """
            : "UPDATE ledger_coin SET suspended = @Suspended, revision = @Revision WHERE symbol = @Symbol",
        CoinRow.Of(coin, revision));

    private static Task SaveHoldAsync(DbTransaction transaction, Hold hold, bool isNew) => ChangeOneAsync(
        transaction,
        isNew
            ? """
              INSERT INTO ledger_hold (id, position, sender, receiver, coin, amount, held_at, expires_at, state, resolved_position)
              VALUES (@Id, @Position, @Sender, @Receiver, @Coin, @Amount, @HeldAt, @ExpiresAt, @State, @ResolvedPosition)
              """
            : "UPDATE ledger_hold SET state = @State, resolved_position = @ResolvedPosition WHERE id = @Id",
        HoldRow.Of(hold));

    private static async Task<Hold?> FindHoldAsync(DbTransaction transaction, Guid id) =>
        (await transaction.Connection!.QuerySingleOrDefaultAsync<HoldRow>(
            $"{HoldRow.Select} WHERE id = @id", new { id }, transaction).ConfigureAwait(false))?.ToHold();

    private static async Task ChangeOneAsync(DbTransaction transaction, string sql, object row)
    {
        if (await transaction.Connection!.ExecuteAsync(sql, row, transaction).ConfigureAwait(false) is var changed and not 1)
            throw new InvalidOperationException($"{changed} rows changed instead of one by: {sql}");
    }

    private sealed class IdRow
    {
        public Guid Id { get; init; }
    }

    private sealed class EndsRow
    {
        public long LastPosition { get; init; }

        public long LastPostedAt { get; init; }

        public long LastAccountId { get; init; }

        public long CoinRevision { get; init; }
    }
}
