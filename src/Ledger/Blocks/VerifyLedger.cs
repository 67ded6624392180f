using System.Data.Common;
using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Storage;

namespace Rally.Ledger.Blocks;

/// <summary>
/// Verifies the ledger as a whole, as of one moment: every block's place, hash and signature, the introductions of its
/// keys, every entry, and, adding up the log from nothing, every balance, limit, pending transfer, sum and reserve; then
/// what followers have built from the log. Names the first row that is wrong. Memory grows with the accounts, the open
/// pending transfers and the hours with trades, not with the log.
/// </summary>
public sealed class VerifyLedger
{
    private readonly Database _database;
    private readonly TimeProvider _time;

    private VerifyLedger(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>How far it has come.</summary>
    /// <param name="Position">The last entry found right.</param>
    /// <param name="LastPosition">The log's end as of the moment that is verified.</param>
    /// <param name="Height">The last block found right; 0 before the first.</param>
    public sealed record Progress(long Position, long LastPosition, long Height);

    /// <summary>A block that an outsider knows the chain by.</summary>
    /// <param name="Height">From 1.</param>
    /// <param name="Hash">32 bytes.</param>
    public sealed record KnownBlock(long Height, byte[] Hash);

    /// <summary>What an earlier run, which was stopped, had read.</summary>
    /// <param name="Position">The last entry it found right.</param>
    /// <param name="At">When it began.</param>
    public sealed record Earlier(long Position, DateTimeOffset At);

    /// <summary>What it came to.</summary>
    /// <param name="Position">The last entry found right.</param>
    /// <param name="Height">The last block found right.</param>
    /// <param name="Fault">The first thing that is wrong, in words; null when all is right.</param>
    /// <param name="Authority">The public key that the chain begins with, in hexadecimal; null without blocks.</param>
    public sealed record Result(long Position, long Height, string? Fault, string? Authority)
    {
        /// <summary>
        /// The first thing that is wrong with what followers have built from the log, in words: the ledger itself is right,
        /// and <see cref="Followers.RebuildFollowers"/> is the remedy. Null when that is right too, or was not looked at.
        /// </summary>
        public string? FiguresFault { get; init; }

        /// <summary>Entries behind the last block. They add up, and nobody has signed them yet.</summary>
        public long UnsignedEntries { get; init; }

        /// <summary>What was not read in this run; null when all was.</summary>
        public Earlier? ReadBefore { get; init; }

        /// <summary>Nothing is wrong.</summary>
        public bool IsRight => Fault is null && FiguresFault is null;
    }

    /// <summary>What to verify.</summary>
    public sealed record Request
    {
        /// <summary>The public key the chain must begin with, 32 bytes; null to take the store's word for it.</summary>
        public byte[]? PinnedAuthority { get; init; }

        /// <summary>A block the chain must contain; null for any chain. Without it a chain that was cut short looks whole.</summary>
        public KnownBlock? PinnedBlock { get; init; }

        /// <summary>
        /// Where to note how far it has come, and to go on from when the file is there already and begun less than 24 hours
        /// ago; deleted at the end. Null to begin at the beginning and note nothing.
        /// </summary>
        public string? StateFile { get; init; }

        /// <summary>All RLY that there may be; more of it in a test that goes to the ends of 64 bits.</summary>
        internal Amount MostRly { get; init; } = IssueRly.Most;
    }

    /// <summary>A ledger's verifier for a store that others may be serving.</summary>
    public static VerifyLedger On(Database database, TimeProvider time) => new(database, time);

    /// <summary>Verifies. Cancelled, it has noted how far it came.</summary>
    /// <exception cref="DbException">The store cannot be read.</exception>
    public async Task<Result> ExecuteAsync(Request request, IProgress<Progress>? progress, CancellationToken stop) =>
        (await RunAsync(request, progress, alone: false, stop).ConfigureAwait(false))!;

    /// <summary>Verifies, unless another process on the same store is at it.</summary>
    /// <returns>Null when another one is.</returns>
    /// <inheritdoc cref="ExecuteAsync"/>
    internal Task<Result?> ExecuteAloneAsync(Request request, CancellationToken stop) => RunAsync(request, progress: null, alone: true, stop);

    private Task<Result?> RunAsync(Request request, IProgress<Progress>? progress, bool alone, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _database.ReadAsync(async connection =>
        {
            await using var moment = await Moment.BeginAsync(connection, stop).ConfigureAwait(false);
            // A SQLite store has one process.
            if (alone && _database.Engine == Engine.Postgres && !await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "SELECT pg_try_advisory_xact_lock(hashtextextended('ledger.verify', 0))", transaction: moment, cancellationToken: stop)).ConfigureAwait(false))
                return null;
            return await VerifyAsync(connection, moment, request, progress, stop).ConfigureAwait(false);
        }, stop);
    }

    private async Task<Result?> VerifyAsync(
        DbConnection connection, DbTransaction moment, Request request, IProgress<Progress>? progress, CancellationToken stop)
    {
        try
        {
            using var verification = await Verification.BeginAsync(connection, moment, request, progress, _time, stop).ConfigureAwait(false);
            return await verification.RunAsync(stop).ConfigureAwait(false);
        }
        catch (Exception unreadable) when (LogWalk.IsUnreadable(unreadable))
        {
            return new(0, 0, $"What the chain is checked with cannot be read: {unreadable.Message}", null);
        }
    }
}
