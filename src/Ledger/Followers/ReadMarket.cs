using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;
using Rally.Storage;

namespace Rally.Ledger.Followers;

/// <summary>What coins cost and how they move, and how far the log had been followed for that.</summary>
internal sealed class ReadMarket(Database database, TimeProvider time)
{
    private const int HoursOfDay = 24;

    /// <param name="Coin">The symbol.</param>
    /// <param name="Holders">Who have more than nothing.</param>
    /// <param name="Transfers">From one holder to another, ever.</param>
    /// <param name="Trades">Purchases and sales, ever.</param>
    /// <param name="Volume24h">RLY paid in this hour and the 23 before.</param>
    /// <param name="Volume">RLY paid, ever.</param>
    /// <param name="Position">The last entry of the log that is counted.</param>
    public sealed record CoinStats(string Coin, long Holders, long Transfers, long Trades, Amount Volume24h, Amount Volume, long Position);

    /// <param name="Candles">Oldest first; hours and days without trades are not there.</param>
    /// <param name="HasMore">There are later ones.</param>
    /// <param name="Position">The last entry of the log that is counted.</param>
    public sealed record Prices(IReadOnlyList<Candle> Candles, bool HasMore, long Position);

    /// <summary>The figures of coins with symbols from one to another, both included; RLY's may be among them.</summary>
    public async Task<IReadOnlyDictionary<string, CoinStats>> BetweenAsync(string first, string last, CancellationToken stop) =>
        (await StatsAsync(first, last, stop).ConfigureAwait(false)).ToDictionary(stats => stats.Coin);

    /// <returns>Null when there is no such coin.</returns>
    public async Task<CoinStats?> FindAsync(string symbol, CancellationToken stop) =>
        (await StatsAsync(symbol, symbol, stop).ConfigureAwait(false)).SingleOrDefault();

    /// <param name="symbol">In upper case.</param>
    /// <param name="from">In the first hour, or day.</param>
    /// <param name="to">What begins at it, or later, is left out.</param>
    /// <param name="byDay">Days instead of hours, in UTC.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Ends the read.</param>
    public Task<Prices> PricesAsync(string symbol, DateTimeOffset from, DateTimeOffset to, bool byDay, int limit, CancellationToken stop) =>
        database.ReadAsync(async connection =>
        {
            // One moment: a rebuild may begin between the two reads.
            await using var moment = await Moment.BeginAsync(connection, stop).ConfigureAwait(false);
            var position = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                $"SELECT {PositionSql}", new { follower = MarketFollower.Key }, moment, cancellationToken: stop)).ConfigureAwait(false);
            // So many hours are in so many days and one more, at most.
            var hours = (limit + 1L) * (byDay ? HoursOfDay : 1);
            var rows = await connection.QueryAsync<CandleRow>(new CommandDefinition("""
                SELECT start, open, high, low, close, coins, rly, trades
                FROM ledger_candle
                WHERE coin = @symbol AND start >= @first AND start < @end
                ORDER BY start
                LIMIT @hours
                """, new { symbol, first = byDay ? Day(from) : MarketTally.Hour(from), end = byDay ? EndOfDay(to) : to, hours }, moment, cancellationToken: stop)).ConfigureAwait(false);
            var candles = rows.Select(row => row.ToCandle());
            if (byDay)
                candles = candles.GroupBy(hour => Day(hour.Start)).Select(day => day.Aggregate((all, hour) => all.Then(hour)) with { Start = day.Key });
            List<Candle> found = [.. candles.Take(limit + 1)];
            return new Prices(found.GetRange(0, Math.Min(limit, found.Count)), found.Count > limit, position);
        }, stop);

    private static DateTimeOffset Day(DateTimeOffset moment) => new(moment.UtcTicks - (moment.UtcTicks % TimeSpan.TicksPerDay), TimeSpan.Zero);

    // A day that begins before the end is told as a whole.
    private static DateTimeOffset EndOfDay(DateTimeOffset end) =>
        end == Day(end) || end > DateTimeOffset.MaxValue.AddDays(-1) ? end : Day(end).AddDays(1);

    private const string PositionSql = "coalesce((SELECT position FROM ledger_follower WHERE name = @follower), 0)";

    private Task<List<CoinStats>> StatsAsync(string first, string last, CancellationToken stop) => database.ReadAsync(async connection =>
    {
        var since = MarketTally.Hour(time.GetUtcNow()).AddHours(1 - HoursOfDay);
        var rows = await connection.QueryAsync<StatsRow>(new CommandDefinition($"""
            SELECT c.symbol, s.holders, s.transfers, s.trades, s.rly, h.rly AS hour_rly, {PositionSql} AS position
            FROM ledger_coin c
            LEFT JOIN ledger_coin_stats s ON s.coin = c.symbol
            LEFT JOIN ledger_candle h ON h.coin = c.symbol AND h.start >= @since
            WHERE c.symbol >= @first AND c.symbol <= @last
            ORDER BY c.symbol
            """, new { first, last, since, follower = MarketFollower.Key }, cancellationToken: stop)).ConfigureAwait(false);
        return rows.GroupBy(row => row.Symbol).Select(hours => hours.First().ToStats(
            hours.Aggregate(Amount.Zero, (sum, hour) => Volume.Add(sum, new(hour.HourRly ?? 0))))).ToList();
    }, stop);

    private sealed class StatsRow
    {
        public string Symbol { get; init; } = "";

        public long? Holders { get; init; }

        public long? Transfers { get; init; }

        public long? Trades { get; init; }

        public long? Rly { get; init; }

        public long? HourRly { get; init; }

        public long Position { get; init; }

        public CoinStats ToStats(Amount volume24h) =>
            new(Symbol, Holders ?? 0, Transfers ?? 0, Trades ?? 0, volume24h, new(Rly ?? 0), Position);
    }

    private sealed record CandleRow(DateTimeOffset Start, long Open, long High, long Low, long Close, long Coins, long Rly, long Trades)
    {
        public Candle ToCandle() => new(Start, new(Open), new(High), new(Low), new(Close), new(Coins), new(Rly), Trades);
    }
}
