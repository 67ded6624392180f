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

    /// <summary>From behind a position on, up to <paramref name="most"/> entries, or as many as the last command has: it stays whole.</summary>
    /// <returns>Null when there is nothing there.</returns>
    public static async Task<BlockRange?> ReadAsync(DbConnection connection, DbTransaction? moment, long after, long most, CancellationToken stop)
    {
        var entries = await EntryRow.QueryAsync(
            connection,
            $"""
            {EntryRow.Select}
            WHERE t.position > @after AND t.position < coalesce(
              (SELECT min(position) FROM ledger_transfer WHERE position > @after + @most AND link = 0),
              (SELECT max(position) FROM ledger_transfer) + 1)
            ORDER BY t.position
            """,
            new { after, most }, moment, stop).ConfigureAwait(false);
        if (entries.Count == 0)
            return null;
        var launches = await connection.QueryAsync<CoinRow>(new CommandDefinition(
            $"{CoinRow.Select} WHERE launched_after >= @after AND launched_after < @last",
            new { after, last = entries[^1].Position }, moment, cancellationToken: stop)).ConfigureAwait(false);
        return new(entries, [.. launches.Select(row => row.ToLaunch())]);
    }

    /// <returns>The entries hash, and the mark of each entry.</returns>
    public (byte[] Hash, byte[] Marks) Hash(WordsKey words)
    {
        using var hasher = new EntriesHasher(FirstPosition, Launches);
        foreach (var entry in Entries)
            hasher.Add(LogRow.Of(entry, words));
        return (hasher.Finish(), hasher.Marks());
    }
}
