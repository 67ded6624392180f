using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Rally.Ledger.Blocks;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Exit;

/// <summary>A store's log as of one moment, checked on the way: what is wrong with it is found here rather than where it is taken to.</summary>
internal sealed class LogSource
{
    private const int EntriesAtOnce = 10_000;

    private readonly DbConnection _connection;
    private readonly DbTransaction _moment;
    private readonly List<CoinRow> _coins;

    private LogSource(DbConnection connection, DbTransaction moment, LedgerLine.Header header, List<CoinRow> coins) =>
        (_connection, _moment, Header, _coins) = (connection, moment, header, coins);

    public LedgerLine.Header Header { get; }

    /// <summary>By symbol.</summary>
    public IEnumerable<string> Symbols => _coins.Select(coin => coin.Symbol).Order(StringComparer.Ordinal);

    /// <summary>Reads a store that others may be serving, as it is at the moment of the first look.</summary>
    public static Task<T> ReadAsync<T>(Database database, TimeProvider time, Func<LogSource, Task<T>> work, CancellationToken stop) =>
        database.ReadAsync(async connection =>
        {
            await using var moment = await JournalCheck.SnapshotAsync(connection, stop).ConfigureAwait(false);
            // A disk that is slow to take the file is no frozen process.
            if (database.Engine == Engine.Postgres)
                await connection.ExecuteAsync("SET LOCAL idle_in_transaction_session_timeout = 0", transaction: moment).ConfigureAwait(false);
            var last = await connection.ExecuteScalarAsync<long>(
                "SELECT coalesce(max(position), 0) FROM ledger_transfer", transaction: moment).ConfigureAwait(false);
            var coins = await connection.QueryAsync<CoinRow>(CoinRow.Select, transaction: moment).ConfigureAwait(false);
            var authorities = await AuthorityChain.ReadAsync(connection, moment, stop).ConfigureAwait(false);
            var words = await WordsKey.FindAsync(connection, moment).ConfigureAwait(false);
            var header = new LedgerLine.Header(
                typeof(LogSource).Assembly.GetName().Version!.ToString(3), time.GetUtcNow(), last, words?.Bytes.ToArray(), authorities.Authorities);
            return await work(new(connection, moment, header, [.. coins])).ConfigureAwait(false);
        }, stop);

    /// <summary>Launches, entries and blocks in the log's order.</summary>
    /// <exception cref="ExitException">The log is not right.</exception>
    public async IAsyncEnumerable<LedgerLine> LogAsync([EnumeratorCancellation] CancellationToken stop)
    {
        using var check = new LogCheck(Header);
        RefuseIf(check.AuthorityFault(pinned: null));
        var launches = new Queue<LaunchRow>(
            _coins.Select(coin => coin.ToLaunch()).OrderBy(launch => launch.LaunchedAfter).ThenBy(launch => launch.Symbol, StringComparer.Ordinal));
        foreach (var launch in LaunchesAfter(0))
            yield return launch;
        while (check.Position < Header.LastPosition)
        {
            var (entries, blocks) = await NextAsync(check.Position, stop).ConfigureAwait(false);
            if (entries.Count == 0)
                break;
            foreach (var entry in entries)
            {
                RefuseIf(check.Add(entry));
                yield return new LedgerLine.Entry(entry);
                while (blocks.TryPeek(out var block) && block.LastPosition <= entry.Position)
                {
                    RefuseIf(check.Add(blocks.Dequeue()));
                    yield return new LedgerLine.Sealed(block);
                }

                foreach (var launch in LaunchesAfter(entry.Position))
                    yield return launch;
            }
        }

        RefuseIf(check.End(Header.LastPosition));
        if (launches.TryPeek(out var later))
            RefuseIf(check.Add(later));
        var height = await _connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT coalesce(max(height), 0) FROM ledger_block", transaction: _moment, cancellationToken: stop)).ConfigureAwait(false);
        RefuseIf(height == check.Height ? null : $"block {check.Height + 1}: what it covers is not in the log.");

        IEnumerable<LedgerLine> LaunchesAfter(long position)
        {
            while (launches.TryPeek(out var launch) && launch.LaunchedAfter <= position)
            {
                RefuseIf(check.Add(launches.Dequeue()));
                yield return new LedgerLine.Launch(launch);
            }
        }
    }

    /// <summary>The history of the price, by time.</summary>
    public async IAsyncEnumerable<LedgerLine.UsdPrice> PricesAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await using var command = CommandOf("SELECT at, nano_usd FROM ledger_usd_price ORDER BY at");
        await using var rows = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        while (await rows.ReadAsync(stop).ConfigureAwait(false))
            yield return new(rows.GetInt64(0), rows.GetInt64(1));
    }

    public IEnumerable<LedgerLine.Suspended> Suspended() =>
        _coins.Where(coin => coin.Suspended != 0).Select(coin => coin.Symbol).Order(StringComparer.Ordinal).Select(symbol => new LedgerLine.Suspended(symbol));

    private async Task<(List<JournalEntry> Entries, Queue<Block> Blocks)> NextAsync(long after, CancellationToken stop)
    {
        var entries = await EntryRow.QueryAsync(
            _connection, EntryRow.Select + " WHERE t.position > @after ORDER BY t.position LIMIT @most",
            new { after, most = (long)EntriesAtOnce }, _moment, stop).ConfigureAwait(false);
        var blocks = entries.Count == 0 ? [] : await _connection.QueryAsync<Block>(new CommandDefinition(
            $"{Block.Select} WHERE last_position > @after AND last_position <= @last ORDER BY height",
            new { after, last = entries[^1].Position }, _moment, cancellationToken: stop)).ConfigureAwait(false);
        return (entries, new(blocks));
    }

    private DbCommand CommandOf(string sql)
    {
        var command = _connection.CreateCommand();
        (command.CommandText, command.Transaction, command.CommandTimeout) = (sql, _moment, 0);
        return command;
    }

    private static void RefuseIf(string? fault)
    {
        if (fault is not null)
        {
            throw new ExitException(
                $"The ledger is not right, and no ledger would take an export of it: {fault} Run verify to see more; backup copies a store as it is.");
        }
    }
}
