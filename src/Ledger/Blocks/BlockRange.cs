using System.Data.Common;
using Dapper;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;

namespace Rally.Ledger.Blocks;

/// <summary>What of the log a block covers: entries, and the launches in front of them.</summary>
internal sealed record BlockRange(IReadOnlyList<JournalEntry> Entries, IReadOnlyList<LaunchRow> Launches)
{
    public long FirstPosition => Entries[0].Position;

    public long LastPosition => Entries[^1].Position;

    /// <summary>Which entry behind the last one cannot be read, in words; null when all can.</summary>
    public string? Unreadable { get; private init; }

    /// <summary>From behind a position on, up to <paramref name="most"/> entries, or as many as the last command has: it stays whole.</summary>
    /// <returns>Null when there is nothing there.</returns>
    /// <exception cref="InvalidDataException">One of them cannot be read; the message names it.</exception>
    public static async Task<BlockRange?> ReadAsync(DbConnection connection, DbTransaction? moment, long after, long most, CancellationToken stop)
    {
        var range = await ReadReadableAsync(connection, moment, after, most, stop).ConfigureAwait(false);
        return range?.Unreadable is { } wrong ? throw new InvalidDataException(wrong) : range;
    }

    /// <summary>As <see cref="ReadAsync"/>, but of a log that something else has changed, the part in front of what cannot be read.</summary>
    public static async Task<BlockRange?> ReadReadableAsync(
        DbConnection connection, DbTransaction? moment, long after, long most, CancellationToken stop)
    {
        var (entries, unreadable) = await EntriesAsync(connection, moment, after, most, stop).ConfigureAwait(false);
        if (entries.Count == 0)
            return unreadable is null ? null : new([], []) { Unreadable = unreadable };
        return new(entries, await LaunchesAsync(connection, moment, after, entries[^1].Position, stop).ConfigureAwait(false)) { Unreadable = unreadable };
    }

    /// <summary>What was launched behind the log's last entry, which no block covers until there is another one.</summary>
    public static async Task<BlockRange> BehindAsync(DbConnection connection, DbTransaction? moment, long last, CancellationToken stop) =>
        new([], await LaunchesAsync(connection, moment, last, long.MaxValue, stop).ConfigureAwait(false));

    /// <summary>All of it in the log's order: each launch in front of the first entry behind it, several at one place by symbol.</summary>
    public IEnumerable<(LaunchRow? Launch, JournalEntry? Entry)> InOrder()
    {
        var launches = new Queue<LaunchRow>(Launches.OrderBy(launch => launch.LaunchedAfter).ThenBy(launch => launch.Symbol, StringComparer.Ordinal));
        foreach (var entry in Entries)
        {
            while (launches.TryPeek(out var next) && next.LaunchedAfter < entry.Position)
                yield return (launches.Dequeue(), null);
            yield return (null, entry);
        }

        while (launches.TryDequeue(out var later))
            yield return (later, null);
    }

    /// <returns>The entries hash, and the mark of each entry.</returns>
    public (byte[] Hash, byte[] Marks) Hash(WordsKey words)
    {
        using var hasher = new EntriesHasher(FirstPosition, Launches);
        foreach (var entry in Entries)
            hasher.Add(LogRow.Of(entry, words));
        return (hasher.Finish(), hasher.Marks());
    }

    private static async Task<(List<JournalEntry> Entries, string? Unreadable)> EntriesAsync(
        DbConnection connection, DbTransaction? moment, long after, long most, CancellationToken stop)
    {
        await using var rows = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"""
            {EntryRow.Select}
            WHERE t.position > @after AND t.position < coalesce(
              (SELECT min(position) FROM ledger_transfer WHERE position > @after + @most AND link = 0),
              (SELECT max(position) FROM ledger_transfer) + 1)
            ORDER BY t.position
            """,
            new { after, most }, moment, cancellationToken: stop)).ConfigureAwait(false);
        var entries = new List<JournalEntry>();
        while (await rows.ReadAsync(stop).ConfigureAwait(false))
        {
            try
            {
                entries.Add(EntryRow.Read(rows));
            }
            catch (Exception wrong) when (LogWalk.IsUnreadable(wrong))
            {
                // Nothing that the ledger wrote: a disk, or somebody, has changed it.
                return (entries, $"Position {rows.GetInt64(0)}: it cannot be read: {wrong.Message}");
            }
        }

        return (entries, null);
    }

    private static async Task<IReadOnlyList<LaunchRow>> LaunchesAsync(
        DbConnection connection, DbTransaction? moment, long after, long before, CancellationToken stop) =>
        [.. (await connection.QueryAsync<CoinRow>(new CommandDefinition(
            $"{CoinRow.Select} WHERE launched_after >= @after AND launched_after < @before",
            new { after, before }, moment, cancellationToken: stop)).ConfigureAwait(false)).Select(row => row.ToLaunch())];
}
