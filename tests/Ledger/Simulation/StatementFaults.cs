using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>How a statement is made to fail on an engine, the same one each time.</summary>
internal abstract class StatementFaults
{
    /// <summary>Called first in each transaction.</summary>
    public virtual Task PrepareAsync(DbTransaction transaction, Fault fault) => Task.CompletedTask;

    public abstract Task ArmAsync(DbTransaction transaction, long detail);

    public abstract void Disarm(DbTransaction transaction);

    /// <summary>Has the server end this very session, as a crash of it would.</summary>
    public static Task DropConnectionAsync(DbTransaction transaction) =>
        transaction.Connection!.ExecuteAsync("SELECT pg_terminate_backend(pg_backend_pid())", transaction: transaction);

    /// <summary>SQLite's machine is interrupted after so many of its instructions; in a statement that writes, that undoes the transaction.</summary>
    public sealed class OfSqlite : StatementFaults
    {
        private const int MostInstructions = 1_500;

        /// <summary>How many pages the log may have before a commit copies them into the file; 0 for never.</summary>
        public int CheckpointAt { get; set; } = 1_000;

        /// <summary>A cache this small writes pages to the log before the commit.</summary>
        public bool SpillsCache { get; set; }

        public override Task PrepareAsync(DbTransaction transaction, Fault fault) => transaction.Connection!.ExecuteAsync(
            // What the machine loses, it loses before the log is copied into the file: that waits until the log is safe.
            $"PRAGMA wal_autocheckpoint={(fault == Fault.TornCommit ? 0 : CheckpointAt)}; PRAGMA cache_size={(SpillsCache ? 2 : -2_000)}",
            transaction: transaction);

        public override Task ArmAsync(DbTransaction transaction, long detail)
        {
            var hasFired = false;
            raw.sqlite3_progress_handler(Handle(transaction), (int)(1 + (detail % MostInstructions)), _ =>
            {
                var fires = !hasFired;
                hasFired = true;
                return fires ? 1 : 0;
            }, null);
            return Task.CompletedTask;
        }

        public override void Disarm(DbTransaction transaction)
        {
            if (transaction.Connection is SqliteConnection { Handle: { } handle })
                raw.sqlite3_progress_handler(handle, 0, null, null);
        }

        private static sqlite3 Handle(DbTransaction transaction) => ((SqliteConnection)transaction.Connection!).Handle!;
    }

    /// <summary>A trigger on every table fails when the transaction's setting names the table.</summary>
    public sealed class OfPostgres : StatementFaults
    {
        private static readonly string[] Tables = ["ledger_account", "ledger_balance_settled", "ledger_transfer", "ledger_hold", "ledger_coin"];

        public static string Triggers => """
            CREATE FUNCTION break_on_purpose() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              IF current_setting('rally.break', true) = TG_TABLE_NAME THEN RAISE 'broken on purpose'; END IF;
              RETURN NEW;
            END $$;
            """ + string.Concat(Tables.Select(table =>
            $"CREATE TRIGGER break_on_purpose BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION break_on_purpose();\n"));

        public override Task ArmAsync(DbTransaction transaction, long detail) =>
            transaction.Connection!.ExecuteAsync($"SET LOCAL rally.break = '{Tables[detail % Tables.Length]}'", transaction: transaction);

        public override void Disarm(DbTransaction transaction)
        {
        }
    }
}
