using System.Data.Common;
using Dapper;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Exit;

/// <summary>
/// Takes an export into an empty ledger, so that it goes on where the other one ended: the same log, the same blocks, the
/// same pending transfers, and limits used up as far as they were. All of it, or nothing.
/// </summary>
public sealed class ImportLedger
{
    private readonly Database _database;
    private readonly AuthorityKeys _keys;
    private readonly TimeProvider _time;

    internal ImportLedger(Database database, AuthorityKeys keys, TimeProvider time) => (_database, _keys, _time) = (database, keys, time);

    /// <param name="File">What <see cref="ExportLedger"/> wrote.</param>
    public sealed record Request(string File)
    {
        /// <summary>The public key its chain must begin with, 32 bytes; null to take the file's word for it.</summary>
        public byte[]? PinnedAuthority { get; init; }

        /// <summary>A block its chain must contain; null for any chain.</summary>
        public VerifyLedger.KnownBlock? PinnedBlock { get; init; }

        /// <summary>
        /// Takes what stands behind the last block also where an authority is pinned: without this it is refused, since
        /// anybody who had the file could have written it.
        /// </summary>
        public bool AcceptsUnsigned { get; init; }
    }

    /// <param name="Store">Where it is now; never a secret.</param>
    /// <param name="TakenAt">When the export was taken.</param>
    /// <param name="Entries">How many entries the log has.</param>
    /// <param name="Blocks">How many blocks.</param>
    /// <param name="Coins">How many coins, RLY among them.</param>
    /// <param name="Accounts">How many accounts.</param>
    /// <param name="Authority">The public key that the chain begins with, in hexadecimal; null without blocks.</param>
    /// <param name="KeyFault">Why no further block can be sealed here yet, in words; null when the key is here.</param>
    /// <param name="UnsignedEntries">Of the entries, those behind the last block: nobody has signed them.</param>
    public sealed record Result(
        string Store, DateTimeOffset TakenAt, long Entries, long Blocks, long Coins, long Accounts, string? Authority, string? KeyFault,
        long UnsignedEntries);

    /// <summary>Checks the whole file, then writes it in one transaction.</summary>
    /// <exception cref="IOException">The file is not right, with the line that is not; or the ledger is not empty. Nothing was changed.</exception>
    public async Task<Result> ExecuteAsync(Request request, IProgress<ExitProgress>? progress, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(request);
        var rly = await _database.ReadAsync(connection => RefuseContentsAsync(connection, null), stop).ConfigureAwait(false);
        var found = await new ImportPass(ExitStep.Checking, rly, request, _time.GetUtcNow(), progress)
            .RunAsync(request.File, target: null, stop).ConfigureAwait(false);
        try
        {
            await _database.WriteAsync(transaction => WriteAsync(request, found, transaction, progress, stop), stop).ConfigureAwait(false);
        }
        catch (DbException failed)
        {
            throw new ExitException($"The ledger cannot be written: {failed.Message} Nothing was imported.", failed);
        }

        var authorities = found.Header.Authorities;
        return new(
            _database.Description, found.Header.TakenAt, found.Counts.Entries, found.Counts.Blocks, found.Counts.Launches, found.Accounts,
            authorities.Count > 0 ? Convert.ToHexStringLower(authorities[0].PublicKey) : null,
            new AuthorityChain(authorities).At(found.Height + 1) is { } next ? _keys.FaultOf(next) : null,
            found.UnsignedEntries);
    }

    private async Task WriteAsync(
        Request request, ImportPass.Result found, DbTransaction transaction, IProgress<ExitProgress>? progress, CancellationToken stop)
    {
        // Of processes that serve the empty ledger, none may write before this is done.
        await _database.SerializeAsync(transaction, "ledger.writer", stop).ConfigureAwait(false);
        await _database.SerializeAsync(transaction, AuthorityKeys.Lock, stop).ConfigureAwait(false);
        if (_database.Engine == Engine.Postgres)
            await transaction.Connection!.ExecuteAsync("SET LOCAL idle_in_transaction_session_timeout = 0", transaction: transaction).ConfigureAwait(false);
        var rly = await RefuseContentsAsync(transaction.Connection!, transaction).ConfigureAwait(false);
        var written = await new ImportPass(ExitStep.Importing, rly, request, _time.GetUtcNow(), progress)
            .RunAsync(request.File, new ImportTarget(transaction), stop).ConfigureAwait(false);
        if (!written.Sha256.AsSpan().SequenceEqual(found.Sha256))
            throw new ExitException("The file was changed while it was read. Nothing was imported.");
    }

    /// <returns>RLY, which is all that an empty ledger has.</returns>
    private static async Task<LaunchRow> RefuseContentsAsync(DbConnection connection, DbTransaction? transaction)
    {
        var coins = (await connection.QueryAsync<CoinRow>(CoinRow.Select, transaction: transaction).ConfigureAwait(false)).AsList();
        var (entries, keys) = (
            await CountAsync("SELECT count(*) FROM (SELECT 1 FROM ledger_transfer LIMIT 1) t").ConfigureAwait(false),
            await CountAsync("SELECT (SELECT count(*) FROM ledger_block) + (SELECT count(*) FROM ledger_authority) + (SELECT count(*) FROM ledger_words_key)").ConfigureAwait(false));
        if (entries > 0 || keys > 0 || coins is not [{ Symbol: CoinSymbol.Rly }])
        {
            throw new ExitException(
                $"This ledger is not empty: it has {(entries > 0 ? "entries" : coins.Count > 1 ? "coins" : "keys of a chain")}. Nothing was changed. " +
                "Import into a new store; name one with --store, or with --data for a SQLite file in a new folder.");
        }

        return coins[0].ToLaunch();

        Task<long> CountAsync(string sql) => connection.ExecuteScalarAsync<long>(sql, transaction: transaction);
    }
}
