using System.Data.Common;
using System.Runtime.CompilerServices;
using Dapper;
using Rally.Ledger.Blocks;
using Rally.Ledger.Journal;
using Rally.Storage;

namespace Rally.Ledger.Exit;

/// <summary>
/// A store's log as of one moment, checked on the way, and what is kept beside it at its end: what is wrong with it is found
/// here rather than where it is taken to.
/// </summary>
internal sealed class LogSource : IDisposable
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _moment;
    private readonly LogWalk _walk;
    private readonly List<CoinState> _coins;

    private LogSource(DbConnection connection, DbTransaction moment, LedgerLine.Header header, LogWalk walk, List<CoinState> coins) =>
        (_connection, _moment, Header, _walk, _coins) = (connection, moment, header, walk, coins);

    public LedgerLine.Header Header { get; }

    /// <summary>By symbol.</summary>
    public IEnumerable<string> Symbols => _coins.Select(coin => coin.Symbol).Order(StringComparer.Ordinal);

    /// <summary>How many entries stand behind the last block; known behind the log's end.</summary>
    public long UnsignedEntries => _walk.Check.UnsignedEntries;

    /// <summary>Reads a store that others may be serving, as it is at the moment of the first look.</summary>
    public static Task<T> ReadAsync<T>(Database database, TimeProvider time, Func<LogSource, Task<T>> work, CancellationToken stop) =>
        database.ReadAsync(async connection =>
        {
            await using var moment = await Moment.BeginAsync(connection, stop).ConfigureAwait(false);
            using var source = await OpenAsync(connection, moment, time, stop).ConfigureAwait(false);
            return await work(source).ConfigureAwait(false);
        }, stop);

    public static async Task<LogSource> BeginAsync(DbConnection connection, DbTransaction moment, TimeProvider time, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var walk = await LogWalk.BeginAsync(connection, moment, LatestOf(now), from: null, stop).ConfigureAwait(false);
        var coins = (await connection.QueryAsync<CoinState>("SELECT symbol, suspended FROM ledger_coin", transaction: moment).ConfigureAwait(false)).AsList();
        // Clocks of several processes differ a little: an export is never from before its last entry.
        var posted = await connection.ExecuteScalarAsync<long?>(
            "SELECT posted_at FROM ledger_transfer ORDER BY position DESC LIMIT 1", transaction: moment).ConfigureAwait(false) ?? 0;
        var takenAt = DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(now.ToUnixTimeMilliseconds(), posted));
        return new(connection, moment, new(
            typeof(LogSource).Assembly.GetName().Version!.ToString(3), takenAt, walk.LastPosition, walk.Words?.Bytes.ToArray(),
            walk.Check.Authorities.Authorities), walk, coins);
    }

    private static async Task<LogSource> OpenAsync(DbConnection connection, DbTransaction moment, TimeProvider time, CancellationToken stop)
    {
        try
        {
            return await BeginAsync(connection, moment, time, stop).ConfigureAwait(false);
        }
        catch (Exception unreadable) when (LogWalk.IsUnreadable(unreadable))
        {
            throw new ExitException($"What the chain is checked with cannot be read: {unreadable.Message} Run verify to see more.", unreadable);
        }
    }

    /// <summary>Up to when an entry can have been posted, as far as a program with this clock can tell: clocks differ by a minute at most.</summary>
    public static DateTimeOffset LatestOf(DateTimeOffset now) => now.AddMinutes(1);

    /// <summary>Launches, entries and blocks in the log's order.</summary>
    /// <exception cref="ExitException">The log, or what is kept beside it, is not right.</exception>
    public async IAsyncEnumerable<LedgerLine> LogAsync([EnumeratorCancellation] CancellationToken stop)
    {
        RefuseIf(_walk.Check.AuthorityFault(pinned: null));
        while (await _walk.NextAsync(stop).ConfigureAwait(false) is { } range)
        {
            foreach (var (launch, entry) in range.InOrder())
                yield return launch is not null ? new LedgerLine.Launch(launch) : new LedgerLine.Entry(entry!);
            if (_walk.Block is { } block)
                yield return new LedgerLine.Sealed(block);
        }

        RefuseIf(_walk.Fault);
    }

    /// <summary>The history of the price, by time.</summary>
    public async IAsyncEnumerable<LedgerLine.UsdPrice> PricesAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await using var command = _connection.CreateCommand();
        (command.CommandText, command.Transaction, command.CommandTimeout) = ("SELECT at, nano_usd FROM ledger_usd_price ORDER BY at", _moment, 0);
        await using var rows = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
        while (await rows.ReadAsync(stop).ConfigureAwait(false))
            yield return new(rows.GetInt64(0), rows.GetInt64(1));
    }

    public IEnumerable<LedgerLine.Suspended> Suspended() =>
        _coins.Where(coin => coin.Suspended != 0).Select(coin => coin.Symbol).Order(StringComparer.Ordinal).Select(symbol => new LedgerLine.Suspended(symbol));

    public void Dispose() => _walk.Dispose();

    private static void RefuseIf(string? fault)
    {
        if (fault is not null)
        {
            throw new ExitException(
                $"The ledger is not right, and no ledger would take an export of it: {fault} Run verify to see more; backup copies a store as it is.");
        }
    }

    private sealed record CoinState(string Symbol, long Suspended);
}
