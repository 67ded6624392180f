using System.Data.Common;
using Npgsql;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Store;

/// <summary>The journal in PostgreSQL: arrays in, one statement a table, one round trip each for loading and saving.</summary>
internal sealed class PostgresJournal : JournalStore
{
    public override bool IsShared => true;

    public override async Task<DateTimeOffset?> ServerTimeAsync(DbTransaction transaction)
    {
        await using var command = CommandOn(transaction, "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint", []);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(await command.ExecuteScalarAsync().ConfigureAwait(false))!);
    }

    public override async Task PrepareAsync(DbTransaction transaction)
    {
        await using var command = CommandOn(transaction, """
            WITH recent AS (DELETE FROM ledger_balance_recent RETURNING account, balance, flow_used, flow_at, bought_at)
            UPDATE ledger_balance_settled b
            SET balance = r.balance, flow_used = r.flow_used, flow_at = r.flow_at, bought_at = r.bought_at
            FROM recent r
            WHERE b.account = r.account
            """, []);
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    public override async Task<IReadOnlyList<Account>> ReadAccountsAsync(DbConnection connection, IReadOnlyCollection<AccountKey> keys)
    {
        await using var command = CommandOn((NpgsqlConnection)connection, """
            SELECT a.id, a.holder, a.coin, b.balance, b.flow_used, b.flow_at, b.bought_at
            FROM unnest($1::bytea[], $2::text[]) AS wanted (holder, coin)
            JOIN ledger_account a ON a.holder = wanted.holder AND a.coin = wanted.coin
            JOIN ledger_balance_settled b ON b.account = a.id
            """, [Column(keys, key => EntryRow.Bytes(key.Holder!.Value)), Column(keys, key => key.Coin)]);
        return await AllAsync(command, row => Account.Load(
            AccountKey.Of(EntryRow.Id(row, 1), row.GetString(2)),
            row.GetInt64(0),
            new AccountFigures(new Amount(row.GetInt64(3)), new Amount(row.GetInt64(4)), row.GetInt64(5), row.GetInt64(6)))).ConfigureAwait(false);
    }

    protected override Task<IReadOnlyList<Account>> FindAccountsAsync(DbTransaction transaction, IReadOnlyCollection<AccountKey> keys) =>
        ReadAccountsAsync(transaction.Connection!, keys);

    protected override async Task<IReadOnlyList<(JournalEntry Entry, bool IsContinued)>> FindEntriesAsync(DbTransaction transaction, IReadOnlyCollection<Guid> ids)
    {
        await using var command = CommandOn(transaction, EntryRow.SelectWithNext + " WHERE t.id = ANY ($1)", [Column(ids, EntryRow.Bytes)]);
        return await AllAsync(command, EntryRow.ReadWithNext).ConfigureAwait(false);
    }

    public override void Stage(Batch batch) => batch.Staged ??= CommandsOf(batch);

    protected override async Task SaveEntriesAsync(DbTransaction transaction, Batch batch)
    {
        Stage(batch);
        await using var commands = new NpgsqlBatch((NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction);
        foreach (var command in (List<NpgsqlBatchCommand>)batch.Staged!)
            commands.BatchCommands.Add(command);
        var expected = batch.Changes.Length + CountNew(batch) + batch.Entries.Count;
        var rows = await commands.ExecuteNonQueryAsync().ConfigureAwait(false);
        if (rows != expected)
            throw new InvalidOperationException($"A ledger batch changed {rows} rows instead of {expected}.");
    }

    // A new account is a row of its own besides what is on it.
    private static int CountNew(Batch batch)
    {
        var count = 0;
        foreach (ref readonly var change in batch.Changes)
            count += change.IsNew ? 1 : 0;
        return count;
    }

    private static List<NpgsqlBatchCommand> CommandsOf(Batch batch)
    {
        var commands = new List<NpgsqlBatchCommand>();
        var (added, changed) = (new List<AccountChange>(), new List<AccountChange>(batch.Changes.Length));
        foreach (var change in batch.Changes)
            (change.IsNew ? added : changed).Add(change);
        Add(commands, added.Count, """
            INSERT INTO ledger_account (id, holder, coin, kind)
            SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::text[], $4::text[])
            """,
            [
                Column(added, account => account.Id),
                Column(added, account => account.Key.Holder is { } holder ? EntryRow.Bytes(holder) : null),
                Column(added, account => account.Key.Coin),
                Column(added, account => account.Key.Kind),
            ]);
        Add(commands, added.Count, """
            INSERT INTO ledger_balance_settled (account, balance, flow_used, flow_at, bought_at)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
            """, Figures(added));
        Add(commands, changed.Count, """
            UPDATE ledger_balance_settled b
            SET balance = n.balance, flow_used = n.flow_used, flow_at = n.flow_at, bought_at = n.bought_at
            FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])
              AS n (account, balance, flow_used, flow_at, bought_at)
            WHERE b.account = n.account
            """, Figures(changed));
        var entries = batch.Entries;
        Add(commands, entries.Count, """
            INSERT INTO ledger_transfer
              (position, id, debit_account, credit_account, amount, kind, link, posted_at, debit_balance, credit_balance,
               note, reference, details)
            SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[],
                                 $8::bigint[], $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[])
            """,
            [
                Column(entries, entry => entry.Position),
                Column(entries, entry => EntryRow.Bytes(entry.Order.Id)),
                Column(batch.Sides, sides => sides.Debit),
                Column(batch.Sides, sides => sides.Credit),
                Column(entries, entry => entry.Order.Amount.MinorUnits),
                Column(entries, entry => entry.Order.Kind),
                Column(entries, entry => (long)entry.Link),
                Column(entries, entry => entry.PostedAt.ToUnixTimeMilliseconds()),
                Column(entries, entry => entry.DebitBalance.MinorUnits),
                Column(entries, entry => entry.CreditBalance.MinorUnits),
                Column(entries, entry => entry.Order.Note.Length > 0 ? entry.Order.Note : null),
                Column(entries, entry => entry.Order.Reference.Length > 0 ? entry.Order.Reference : null),
                Column(entries, entry => entry.Order.Details),
            ]);
        return commands;
    }

    private static Array[] Figures(List<AccountChange> accounts) =>
    [
        Column(accounts, account => account.Id),
        Column(accounts, account => account.Figures.Balance.MinorUnits),
        Column(accounts, account => account.Figures.FlowUsed.MinorUnits),
        Column(accounts, account => account.Figures.FlowAt),
        Column(accounts, account => account.Figures.BoughtAt),
    ];

    // A transaction is its connection's: there is no need to name it.
    private static NpgsqlCommand CommandOn(DbTransaction transaction, string sql, Array[] columns) =>
        CommandOn((NpgsqlConnection)transaction.Connection!, sql, columns);

    private static NpgsqlCommand CommandOn(NpgsqlConnection connection, string sql, Array[] columns)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var column in columns)
            command.Parameters.Add(new NpgsqlParameter { Value = column });
        return command;
    }

    private static void Add(List<NpgsqlBatchCommand> commands, int rows, string sql, Array[] columns)
    {
        if (rows == 0)
            return;
        var command = new NpgsqlBatchCommand(sql);
        foreach (var column in columns)
            command.Parameters.Add(new NpgsqlParameter { Value = column });
        commands.Add(command);
    }

    private static TColumn[] Column<TRow, TColumn>(IReadOnlyCollection<TRow> rows, Func<TRow, TColumn> value)
    {
        var column = new TColumn[rows.Count];
        var i = 0;
        foreach (var row in rows)
            column[i++] = value(row);
        return column;
    }

    private static async Task<List<T>> AllAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read)
    {
        await using var rows = await command.ExecuteReaderAsync().ConfigureAwait(false);
        var all = new List<T>();
        while (await rows.ReadAsync().ConfigureAwait(false))
            all.Add(read(rows));
        return all;
    }
}
