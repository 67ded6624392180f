using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Rally.Ledger.Followers;

/// <summary>
/// Builds something from the log, chunk by chunk: what it makes of a chunk and how far it has come are committed together,
/// so that a crash neither loses a chunk nor applies it twice. Several processes may follow under one name.
/// </summary>
internal abstract partial class LogFollower(FollowedLog log, ILogger logger)
{
    /// <summary>Entries it may be behind before it no longer gives way to the writer.</summary>
    private const int MostBehind = 50_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>What its position is kept under.</summary>
    public abstract string Name { get; }

    protected FollowedLog Log => log;

    /// <summary>Gets ready for the entries above <paramref name="after"/> up to <paramref name="upTo"/>; nobody waits meanwhile.</summary>
    /// <returns>What is to be written; on SQLite all other writers wait for it.</returns>
    protected abstract Task<Func<DbTransaction, Task>> PrepareAsync(long after, long upTo, CancellationToken stop);

    /// <summary>Drops all it has built.</summary>
    protected abstract Task ClearAsync(DbTransaction transaction);

    /// <summary>The last entry it has dealt with.</summary>
    public async Task<long> PositionAsync(CancellationToken stop) => (await EndsAsync(stop).ConfigureAwait(false)).Position;

    /// <summary>Deals with one chunk.</summary>
    /// <returns>False when there is none.</returns>
    public async Task<bool> StepAsync(CancellationToken stop)
    {
        var ends = await EndsAsync(stop).ConfigureAwait(false);
        if (ends.Position >= ends.Last)
            return false;
        await MoveAsync(ends, stop).ConfigureAwait(false);
        return true;
    }

    /// <summary>Goes on to the log's end.</summary>
    public async Task CatchUpAsync(CancellationToken stop)
    {
        while (await StepAsync(stop).ConfigureAwait(false))
        {
        }
    }

    /// <summary>Drops what it has built, and builds it again from the log's first entry.</summary>
    public async Task RebuildAsync(CancellationToken stop)
    {
        await log.Database.WriteAsync(async transaction =>
        {
            await TakeTurnAsync(transaction, stop).ConfigureAwait(false);
            await ClearAsync(transaction).ConfigureAwait(false);
            await SavePositionAsync(transaction, 0).ConfigureAwait(false);
        }, stop).ConfigureAwait(false);
        await CatchUpAsync(stop).ConfigureAwait(false);
    }

    /// <summary>Follows until stopped. Failures are logged and tried again, later each time.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var pause = TimeSpan.Zero;
        while (true)
        {
            try
            {
                await FollowAsync(() => pause = TimeSpan.Zero, stop).ConfigureAwait(false);
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                pause = pause == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));
                LogFailure(failure, Name, pause);
                await Task.Delay(pause, log.Time, stop).ConfigureAwait(false);
            }
        }
    }

    private async Task FollowAsync(Action succeeded, CancellationToken stop)
    {
        while (true)
        {
            var next = log.Next;
            var ends = await EndsAsync(stop).ConfigureAwait(false);
            if (ends.Position >= ends.Last)
            {
                await log.WaitAsync(next, stop).ConfigureAwait(false);
                if (next.IsCompleted)
                    await log.GatherAsync(stop).ConfigureAwait(false);
            }
            else if (log.IsBusy && ends.Last - ends.Position < MostBehind)
            {
                await log.WaitAsync(next, stop).ConfigureAwait(false);
            }
            else
            {
                await MoveAsync(ends, stop).ConfigureAwait(false);
                succeeded();
            }
        }
    }

    private async Task MoveAsync(Ends ends, CancellationToken stop)
    {
        var upTo = await EndOfChunkAsync(ends, stop).ConfigureAwait(false);
        var write = await PrepareAsync(ends.Position, upTo, stop).ConfigureAwait(false);
        await log.Database.WriteAsync(async transaction =>
        {
            await TakeTurnAsync(transaction, stop).ConfigureAwait(false);
            // Another process may have dealt with the chunk, or begun to rebuild.
            if (await PositionAsync(transaction).ConfigureAwait(false) != ends.Position)
                return;
            await write(transaction).ConfigureAwait(false);
            await SavePositionAsync(transaction, upTo).ConfigureAwait(false);
        }, stop).ConfigureAwait(false);
    }

    // Commands are never cut: what one entry tells may need the others. The log's end is always the end of one.
    private async Task<long> EndOfChunkAsync(Ends ends, CancellationToken stop)
    {
        var upTo = ends.Position + log.Chunk;
        return upTo >= ends.Last
            ? ends.Last
            : await log.Database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(new CommandDefinition("""
                SELECT coalesce((SELECT position - 1 FROM ledger_transfer WHERE position > @upTo AND link = 0 ORDER BY position LIMIT 1), @Last)
                """, new { upTo, ends.Last }, cancellationToken: stop)), stop).ConfigureAwait(false);
    }

    private Task TakeTurnAsync(DbTransaction transaction, CancellationToken stop) =>
        log.Database.SerializeAsync(transaction, $"ledger.follower.{Name}", stop);

    private Task<Ends> EndsAsync(CancellationToken stop) => log.Database.ReadAsync(connection => connection.QuerySingleAsync<Ends>(
        new CommandDefinition("""
            SELECT coalesce((SELECT position FROM ledger_follower WHERE name = @Name), 0) AS position,
                   coalesce((SELECT max(position) FROM ledger_transfer), 0) AS last
            """, new { Name }, cancellationToken: stop)), stop);

    private async Task<long> PositionAsync(DbTransaction transaction) => await transaction.Connection!.ExecuteScalarAsync<long>(
        "SELECT coalesce((SELECT position FROM ledger_follower WHERE name = @Name), 0)", new { Name }, transaction).ConfigureAwait(false);

    private Task<int> SavePositionAsync(DbTransaction transaction, long position) => transaction.Connection!.ExecuteAsync("""
        INSERT INTO ledger_follower (name, position) VALUES (@Name, @position)
        ON CONFLICT (name) DO UPDATE SET position = excluded.position
        """, new { Name, position }, transaction);

    [LoggerMessage(LogLevel.Error, "The ledger's {Follower} follower failed; it tries again in {Pause}")]
    private partial void LogFailure(Exception failure, string follower, TimeSpan pause);

    private sealed record Ends(long Position, long Last);
}
