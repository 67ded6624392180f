using System.Data.Common;
using Npgsql;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Store;

/// <summary>The journal in PostgreSQL: arrays in, one statement a table, one round trip each for loading and saving.</summary>
internal sealed class PostgresJournal : JournalStore
{
    public override async Task SaveAsync(DbTransaction transaction, Batch batch)
    {
        var added = batch.Touched.Where(account => account.IsNew).ToList();
        var changed = batch.Touched.Where(account => !account.IsNew).ToList();
        await using var commands = BatchOn(transaction);
        Add(commands, batch.Launched.Count, """
            INSERT INTO ledger_coin (symbol, name, creator, supply, launched_at)
            SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bigint[], $5::bigint[])
            """,
            [
                Column(batch.Launched, coin => coin.Symbol),
                Column(batch.Launched, coin => coin.Name),
                Column(batch.Launched, coin => Bytes(coin.Creator)),
                Column(batch.Launched, coin => coin.Supply.MinorUnits),
                Column(batch.Launched, coin => coin.LaunchedAt.ToUnixTimeMilliseconds()),
            ]);
        Add(commands, added.Count, """
            INSERT INTO ledger_account (id, holder, coin, kind, balance)
            SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[], $5::bigint[])
            """,
            [
                Column(added, account => account.Id),
                Column(added, account => account.Key.Holder is { } holder ? Bytes(holder) : null),
                Column(added, account => account.Key.Coin),
                Column(added, account => account.Key.Kind),
                Column(added, account => account.Balance.MinorUnits),
            ]);
        Add(commands, changed.Count, """
            UPDATE ledger_account a SET balance = b.balance
            FROM unnest($1::bigint[], $2::bigint[]) AS b (id, balance)
            WHERE a.id = b.id
            """,
            [
                Column(changed, account => account.Id),
                Column(changed, account => account.Balance.MinorUnits),
            ]);
        Add(commands, batch.Entries.Count, """
            INSERT INTO ledger_transfer
              (position, id, debit_account, credit_account, coin, amount, kind, note, posted_at, debit_balance, credit_balance)
            SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[], $5::text[], $6::bigint[],
                                 $7::text[], $8::text[], $9::bigint[], $10::bigint[], $11::bigint[])
            """,
            [
                Column(batch.Entries, entry => entry.Position),
                Column(batch.Entries, entry => Bytes(entry.Order.Id)),
                Column(batch.Entries, entry => batch.AccountOf(entry.Order.Debit).Id),
                Column(batch.Entries, entry => batch.AccountOf(entry.Order.Credit).Id),
                Column(batch.Entries, entry => entry.Order.Coin),
                Column(batch.Entries, entry => entry.Order.Amount.MinorUnits),
                Column(batch.Entries, entry => entry.Order.Kind),
                Column(batch.Entries, entry => entry.Order.Note),
                Column(batch.Entries, entry => entry.PostedAt.ToUnixTimeMilliseconds()),
                Column(batch.Entries, entry => entry.DebitBalance.MinorUnits),
                Column(batch.Entries, entry => entry.CreditBalance.MinorUnits),
            ]);

        var rows = await commands.ExecuteNonQueryAsync().ConfigureAwait(false);
        if (rows != batch.Launched.Count + batch.Touched.Count + batch.Entries.Count)
            throw new InvalidOperationException($"A ledger batch changed {rows} rows, which is not what it meant to.");
    }

    protected override async Task<JournalState> LoadAsync(DbTransaction transaction, Guid[] ids, AccountKey[] accounts, string[] coins)
    {
        var holdings = accounts.Where(key => key.Holder is not null).ToList();
        var system = accounts.Where(key => key.Holder is null).ToList();
        await using var commands = BatchOn(transaction);
        Add(commands, 1, """
            SELECT coalesce(max(position), 0),
                   coalesce((SELECT posted_at FROM ledger_transfer ORDER BY position DESC LIMIT 1), 0),
                   coalesce((SELECT max(id) FROM ledger_account), 0)
            FROM ledger_transfer
            """, []);
        Add(commands, 1, """
            SELECT a.id, a.balance, a.holder, a.coin, a.kind
            FROM unnest($1::bytea[], $2::text[]) AS wanted (holder, coin)
            JOIN ledger_account a ON a.holder = wanted.holder AND a.coin = wanted.coin
            UNION ALL
            SELECT a.id, a.balance, a.holder, a.coin, a.kind
            FROM unnest($3::text[], $4::text[]) AS wanted (coin, kind)
            JOIN ledger_account a ON a.coin = wanted.coin AND a.kind = wanted.kind AND a.holder IS NULL
            """,
            [
                Column(holdings, key => Bytes(key.Holder!.Value)),
                Column(holdings, key => key.Coin),
                Column(system, key => key.Coin),
                Column(system, key => key.Kind),
            ]);
        Add(commands, 1, EntryRow.Select + " WHERE t.id = ANY ($1)", [Column(ids, Bytes)]);
        Add(commands, 1, "SELECT symbol, name, creator, supply, launched_at FROM ledger_coin WHERE symbol = ANY ($1)", [coins]);

        await using var rows = await commands.ExecuteReaderAsync().ConfigureAwait(false);
        var ends = await AllAsync(rows, row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))).ConfigureAwait(false);
        var (lastPosition, lastPostedAt, lastAccountId) = ends[0];
        return new JournalState(
            lastPosition,
            DateTimeOffset.FromUnixTimeMilliseconds(lastPostedAt),
            lastAccountId,
            await AllAsync(rows, row => new Account(
                new AccountKey(row.IsDBNull(2) ? null : EntryRow.Id(row, 2), row.GetString(3), row.GetString(4)),
                row.GetInt64(0),
                new Amount(row.GetInt64(1)))).ConfigureAwait(false),
            await AllAsync(rows, EntryRow.Read).ConfigureAwait(false),
            await AllAsync(rows, row => new Coin(
                row.GetString(0), row.GetString(1), EntryRow.Id(row, 2), new Amount(row.GetInt64(3)),
                DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)))).ConfigureAwait(false));
    }

    private static NpgsqlBatch BatchOn(DbTransaction transaction) =>
        new((NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction);

    private static void Add(NpgsqlBatch batch, int rows, string sql, IReadOnlyList<Array> columns)
    {
        if (rows == 0)
            return;
        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in columns)
            command.Parameters.Add(new NpgsqlParameter { Value = column });
        batch.BatchCommands.Add(command);
    }

    private static TColumn[] Column<TRow, TColumn>(IEnumerable<TRow> rows, Func<TRow, TColumn> value) => [.. rows.Select(value)];

    private static byte[] Bytes(Guid id) => id.ToByteArray(bigEndian: true);

    /// <summary>The rows of this result; moves on to the next.</summary>
    private static async Task<List<T>> AllAsync<T>(NpgsqlDataReader rows, Func<NpgsqlDataReader, T> read)
    {
        var all = new List<T>();
        while (await rows.ReadAsync().ConfigureAwait(false))
            all.Add(read(rows));
        await rows.NextResultAsync().ConfigureAwait(false);
        return all;
    }
}
