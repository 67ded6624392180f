using Microsoft.Extensions.Options;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Followers;

/// <summary>The log as those see it who build something from it, and how they keep out of the writer's way.</summary>
internal sealed class FollowedLog(
    Database database, CommitSignal committed, LedgerWriter writer, TimeProvider time, IOptions<LedgerOptions> options)
{
    // SQLite has one writing connection: a chunk is what a lone transfer may have to wait for, some 2 ms.
    private const int SqliteChunk = 256;
    private const int PostgresChunk = 2_048;

    // While commands queue anyway, waiting is dominated by them, and a follower must not fall behind for good.
    private const int ChunkWhenBehind = 2_048;

    // Somebody who sends one transfer after the other meets a follower's commit at most so often.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(50);

    private readonly TimeSpan _pollInterval = options.Value.FeedPollInterval;

    public Database Database => database;

    public TimeProvider Time => time;

    /// <summary>Commands wait for the writer.</summary>
    public bool IsBusy => writer.IsBusy;

    /// <summary>Completes with the next commit of this process; take it before looking at the log.</summary>
    public Task Next => committed.Next;

    /// <summary>Entries to take at once.</summary>
    public int Chunk => database.Engine == Engine.Postgres ? PostgresChunk : IsBusy ? ChunkWhenBehind : SqliteChunk;

    /// <summary>Returns after that commit, or when it is time to look for those of other processes.</summary>
    public async Task WaitAsync(Task next, CancellationToken stop)
    {
        await next.WaitAsync(_pollInterval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
    }

    /// <summary>Gives a moment to those commits that come with the first.</summary>
    public Task GatherAsync(CancellationToken stop) => Task.Delay(Gathering, time, stop);

    public Task<List<JournalEntry>> ReadAsync(long after, long upTo, CancellationToken stop) =>
        database.ReadAsync(connection => EntryRow.QueryAsync(
            connection, EntryRow.Select + " WHERE t.position > @after AND t.position <= @upTo ORDER BY t.position", new { after, upTo }, null, stop), stop);

    /// <summary>What follows IN: numbers of the log itself, for Dapper spreads a list of parameters on SQLite only.</summary>
    public static string List(IEnumerable<long> positions) => $"({string.Join(", ", positions)})";
}
