using Npgsql;
using Rally.Ledger.Journal;

namespace Rally.Bench.Transfers;

/// <summary>
/// A ledger in the manner of pgledger: a function in the database for each transfer, which locks both accounts, checks,
/// updates them, and inserts the transfer and two entries. It has fewer indexes than such ledgers have, and no foreign keys.
/// </summary>
internal sealed class OneCallEach(string connectionString) : IAsyncDisposable
{
    public const int Clients = 8;

    private const string Schema = """
        CREATE TABLE peer_account (id BIGINT PRIMARY KEY, holder BYTEA NOT NULL UNIQUE, balance BIGINT NOT NULL, version BIGINT NOT NULL);
        CREATE TABLE peer_transfer (
          id BYTEA PRIMARY KEY, from_account BIGINT NOT NULL, to_account BIGINT NOT NULL, amount BIGINT NOT NULL CHECK (amount > 0),
          created_at TIMESTAMPTZ NOT NULL);
        CREATE TABLE peer_entry (
          id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, account BIGINT NOT NULL, transfer BYTEA NOT NULL, amount BIGINT NOT NULL,
          previous_balance BIGINT NOT NULL, current_balance BIGINT NOT NULL, account_version BIGINT NOT NULL, created_at TIMESTAMPTZ NOT NULL);
        CREATE INDEX peer_entry_account ON peer_entry (account, id);
        INSERT INTO peer_account
        SELECT a.id, a.holder, b.balance, 0 FROM ledger_account a JOIN ledger_balance b ON b.account = a.id WHERE a.holder IS NOT NULL;

        CREATE FUNCTION peer_post(transfer_id BYTEA, sender BYTEA, receiver BYTEA, moved BIGINT) RETURNS BIGINT LANGUAGE plpgsql AS $$
        DECLARE
          debit peer_account%ROWTYPE;
          credit peer_account%ROWTYPE;
        BEGIN
          IF sender = receiver THEN RAISE EXCEPTION 'one account'; END IF;
          -- In one order, so that two transfers between the same two do not lock each other out.
          PERFORM 1 FROM peer_account WHERE holder IN (sender, receiver) ORDER BY id FOR UPDATE;
          SELECT * INTO STRICT debit FROM peer_account WHERE holder = sender;
          SELECT * INTO STRICT credit FROM peer_account WHERE holder = receiver;
          IF debit.balance < moved THEN RAISE EXCEPTION 'insufficient funds'; END IF;
          UPDATE peer_account SET balance = balance - moved, version = version + 1 WHERE id = debit.id;
          UPDATE peer_account SET balance = balance + moved, version = version + 1 WHERE id = credit.id;
          INSERT INTO peer_transfer VALUES (transfer_id, debit.id, credit.id, moved, now());
          INSERT INTO peer_entry (account, transfer, amount, previous_balance, current_balance, account_version, created_at)
          VALUES (debit.id, transfer_id, -moved, debit.balance, debit.balance - moved, debit.version + 1, now()),
                 (credit.id, transfer_id, moved, credit.balance, credit.balance + moved, credit.version + 1, now());
          RETURN debit.balance - moved;
        END $$;
        """;

    private readonly List<NpgsqlCommand> _calls = [];

    public static async Task<OneCallEach> OpenAsync(string connectionString)
    {
        await PostgresPair.ExecuteAsync(connectionString, Schema);
        await PostgresPair.ExecuteAsync(connectionString, "ANALYZE");
        var peer = new OneCallEach(connectionString);
        for (var i = 0; i < Clients; i++)
            await peer.ConnectAsync();
        return peer;
    }

    /// <summary>Posts the orders from all clients at once, each transfer in a transaction of its own.</summary>
    public async Task<TimeSpan> PostAsync(TransferOrder[] orders)
    {
        var share = orders.Length / Clients;
        return await Callers.RunAsync(Clients, Clients, async client =>
        {
            var call = _calls[client];
            for (var i = client * share; i < (client + 1) * share; i++)
            {
                call.Parameters[0].Value = orders[i].Id.ToByteArray(bigEndian: true);
                call.Parameters[1].Value = orders[i].Debit.Holder!.Value.ToByteArray(bigEndian: true);
                call.Parameters[2].Value = orders[i].Credit.Holder!.Value.ToByteArray(bigEndian: true);
                call.Parameters[3].Value = orders[i].Amount.MinorUnits;
                await call.ExecuteScalarAsync();
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var call in _calls)
        {
            await call.Connection!.DisposeAsync();
            await call.DisposeAsync();
        }
    }

    private async Task ConnectAsync()
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        var call = new NpgsqlCommand("SELECT peer_post($1, $2, $3, $4)", connection);
        for (var i = 0; i < 3; i++)
            call.Parameters.Add(new NpgsqlParameter<byte[]>());
        call.Parameters.Add(new NpgsqlParameter<long>());
        await call.PrepareAsync();
        _calls.Add(call);
    }
}
