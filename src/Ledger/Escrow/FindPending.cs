using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Escrow;

/// <summary>Looks up a pending transfer and, if it has ended, where in the log.</summary>
internal sealed class FindPending(Database database, TimeProvider time)
{
    /// <param name="Hold">As stored; from its time on it is expired, whether or not the coins are back yet.</param>
    /// <param name="Resolution">Null while the coins are in escrow.</param>
    public sealed record Result(Hold Hold, Resolution? Resolution);

    /// <param name="Id">Of the first entry that ended it.</param>
    /// <param name="Position">Of the same.</param>
    /// <param name="At">When.</param>
    /// <param name="Posted">What the receiver got.</param>
    public sealed record Resolution(Guid Id, long Position, DateTimeOffset At, Amount Posted);

    /// <returns>Null when nothing pending was made under that id.</returns>
    public async Task<Result?> ExecuteAsync(Guid id, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        return await database.ReadAsync(async connection =>
        {
            var row = await connection.QuerySingleOrDefaultAsync<HoldRow>(
                new CommandDefinition($"{HoldRow.Select} WHERE id = @id", new { id }, cancellationToken: stop)).ConfigureAwait(false);
            if (row is null)
                return null;
            var hold = row.ToHold();
            if (hold.ResolvedPosition is not { } position)
                return new Result(hold.State == HoldState.Open && now >= hold.ExpiresAt ? hold with { State = HoldState.Expired } : hold, null);
            var entry = await connection.QuerySingleAsync<ResolutionRow>(new CommandDefinition(
                "SELECT id, posted_at, amount, kind FROM ledger_transfer WHERE position = @position",
                new { position }, cancellationToken: stop)).ConfigureAwait(false);
            return new Result(hold, new(entry.Id, position, entry.PostedAt, entry.Kind == TransferKind.Post ? new Amount(entry.Amount) : Amount.Zero));
        }, stop).ConfigureAwait(false);
    }

    private sealed class ResolutionRow
    {
        public Guid Id { get; init; }

        public DateTimeOffset PostedAt { get; init; }

        public long Amount { get; init; }

        public string Kind { get; init; } = "";
    }
}
