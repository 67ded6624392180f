using System.Data.Common;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Blocks;

/// <summary>
/// Verifies the ledger as a whole, as of one moment: every block's place, hash and signature, the introductions of its
/// keys, every entry that blocks cover, and, adding up the log from nothing, every balance, sum and reserve. Names the first
/// row that is wrong.
/// </summary>
public sealed class VerifyLedger
{
    private readonly Database _database;

    internal VerifyLedger(Database database) => _database = database;

    /// <summary>How far it has come.</summary>
    /// <param name="Position">The last entry found right.</param>
    /// <param name="LastPosition">The log's end as of the moment that is verified.</param>
    /// <param name="Height">The last block found right; 0 before the first.</param>
    public sealed record Progress(long Position, long LastPosition, long Height);

    /// <summary>What it came to.</summary>
    /// <param name="Position">The last entry found right.</param>
    /// <param name="Height">The last block found right.</param>
    /// <param name="Fault">The first thing that is wrong, in words; null when all is right.</param>
    /// <param name="Authority">The public key that the chain begins with, in hexadecimal; null without blocks.</param>
    public sealed record Result(long Position, long Height, string? Fault, string? Authority);

    /// <summary>What to verify.</summary>
    public sealed record Request
    {
        /// <summary>The public key the chain must begin with, 32 bytes; null to take the store's word for it.</summary>
        public byte[]? PinnedAuthority { get; init; }

        /// <summary>
        /// Where to note how far it has come, and to go on from when the file is there already; deleted at the end. Null to
        /// begin at the beginning and note nothing.
        /// </summary>
        public string? StateFile { get; init; }
    }

    /// <summary>A ledger's verifier for a store that others may be serving.</summary>
    public static VerifyLedger On(Database database) => new(database);

    /// <summary>Verifies. Cancelled, it has noted how far it came.</summary>
    /// <exception cref="DbException">The store cannot be read.</exception>
    public Task<Result> ExecuteAsync(Request request, IProgress<Progress>? progress, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _database.ReadAsync(async connection =>
        {
            await using var moment = await JournalCheck.SnapshotAsync(connection, stop).ConfigureAwait(false);
            var verification = await Verification.BeginAsync(connection, moment, request, progress, stop).ConfigureAwait(false);
            return await verification.RunAsync(stop).ConfigureAwait(false);
        }, stop);
    }
}
