using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Followers;

/// <summary>Keeps each coin's prices by the hour, and how many hold, send and trade it.</summary>
internal sealed class MarketFollower(FollowedLog log, ILogger<MarketFollower> logger) : LogFollower(log, logger)
{
    public const string Key = "market";

    private static readonly string SaveCandle = $"""
        INSERT INTO ledger_candle (coin, start, open, high, low, close, coins, rly, trades)
        VALUES (@Coin, @Start, @Open, @High, @Low, @Close, @Coins, @Rly, @Trades)
        ON CONFLICT (coin, start) DO UPDATE SET
          high = CASE WHEN excluded.high > ledger_candle.high THEN excluded.high ELSE ledger_candle.high END,
          low = CASE WHEN excluded.low < ledger_candle.low THEN excluded.low ELSE ledger_candle.low END,
          close = excluded.close,
          coins = {Added("ledger_candle", "coins")},
          rly = {Added("ledger_candle", "rly")},
          trades = ledger_candle.trades + excluded.trades
        """;

    // Two statements: a number of holders that goes down could not be inserted.
    private static readonly string SaveStats = $"""
        INSERT INTO ledger_coin_stats (coin, transfers, trades, rly, holders) VALUES (@Coin, 0, 0, 0, 0) ON CONFLICT (coin) DO NOTHING;
        UPDATE ledger_coin_stats SET
          transfers = transfers + @Transfers,
          trades = trades + @Trades,
          rly = CASE WHEN rly > {long.MaxValue} - @Rly THEN {long.MaxValue} ELSE rly + @Rly END,
          holders = holders + @Holders
        WHERE coin = @Coin
        """;

    // A coin's curve and grant never change.
    private Dictionary<string, Coin> _coins = [];

    public override string Name => Key;

    protected override async Task<Func<DbTransaction, Task>> PrepareAsync(long after, long upTo, CancellationToken stop)
    {
        var entries = await Log.ReadAsync(after, upTo, stop).ConfigureAwait(false);
        if (entries.Count != upTo - after)
            throw new InvalidOperationException($"The log has {entries.Count} entries above {after} up to {upTo}.");
        if (entries.Any(entry => !_coins.ContainsKey(entry.Order.Coin)))
            _coins = await ReadCoinsAsync(stop).ConfigureAwait(false);
        var tally = new MarketTally();
        foreach (var entry in entries)
            tally.Add(entry, _coins[entry.Order.Coin]);
        return transaction => SaveAsync(transaction, tally);
    }

    protected override Task ClearAsync(DbTransaction transaction) => transaction.Connection!.ExecuteAsync(
        "DELETE FROM ledger_candle; DELETE FROM ledger_coin_stats;", transaction: transaction);

    private static async Task SaveAsync(DbTransaction transaction, MarketTally tally)
    {
        var connection = transaction.Connection!;
        await connection.ExecuteAsync(SaveCandle, tally.Candles.Select(row => new
        {
            row.Key.Coin,
            row.Key.Start,
            Open = row.Value.Open.MinorUnits,
            High = row.Value.High.MinorUnits,
            Low = row.Value.Low.MinorUnits,
            Close = row.Value.Close.MinorUnits,
            Coins = row.Value.Coins.MinorUnits,
            Rly = row.Value.Rly.MinorUnits,
            row.Value.Trades,
        }), transaction).ConfigureAwait(false);
        await connection.ExecuteAsync(SaveStats, tally.Coins.Select(row => new
        {
            Coin = row.Key,
            row.Value.Transfers,
            row.Value.Trades,
            Rly = row.Value.Rly.MinorUnits,
            row.Value.Holders,
        }), transaction).ConfigureAwait(false);
    }

    private Task<Dictionary<string, Coin>> ReadCoinsAsync(CancellationToken stop) => Log.Database.ReadAsync(async connection =>
    {
        var rows = await connection.QueryAsync<CoinRow>(new CommandDefinition(CoinRow.Select, cancellationToken: stop)).ConfigureAwait(false);
        return rows.Select(row => row.ToCoin()).ToDictionary(coin => coin.Symbol);
    }, stop);

    /// <summary>As <see cref="Volume.Add"/>.</summary>
    private static string Added(string table, string column) =>
        $"CASE WHEN {table}.{column} > {long.MaxValue} - excluded.{column} THEN {long.MaxValue} ELSE {table}.{column} + excluded.{column} END";
}
