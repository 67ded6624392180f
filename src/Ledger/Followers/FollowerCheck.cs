using System.Data.Common;
using Dapper;
using Rally.Ledger.Blocks;
using Rally.Ledger.Store;

namespace Rally.Ledger.Followers;

/// <summary>
/// Adds up a log that was found right once more, and compares with what its followers have built. It counts in other ways
/// than the followers do: holders by their last balance, volumes by the RLY that moved. A follower is judged by the part of
/// the log that it has dealt with.
/// </summary>
internal static class FollowerCheck
{
    /// <returns>The first thing that is wrong, in words; null when all is right.</returns>
    public static async Task<string?> FaultAsync(DbConnection connection, DbTransaction moment, CancellationToken stop)
    {
        try
        {
            var positions = (await connection.QueryAsync<Cursor>(new CommandDefinition(
                "SELECT name, position FROM ledger_follower", transaction: moment, cancellationToken: stop)).ConfigureAwait(false))
                .ToDictionary(cursor => cursor.Name, cursor => cursor.Position);
            return await HistoryFaultAsync(connection, moment, positions.GetValueOrDefault(HistoryFollower.Key), stop).ConfigureAwait(false)
                ?? await MarketFaultAsync(connection, moment, positions.GetValueOrDefault(MarketFollower.Key), stop).ConfigureAwait(false);
        }
        catch (Exception unreadable) when (LogWalk.IsUnreadable(unreadable))
        {
            return $"They cannot be read: {unreadable.Message}";
        }
    }

    private static async Task<string?> HistoryFaultAsync(DbConnection connection, DbTransaction moment, long position, CancellationToken stop)
    {
        var missing = await connection.QueryFirstOrDefaultAsync<long?>(new CommandDefinition("""
            SELECT t.position
            FROM ledger_transfer t
            JOIN ledger_account a ON a.id = t.debit_account
            WHERE t.position <= @position AND (
              NOT EXISTS (SELECT 1 FROM ledger_history h WHERE h.account = t.debit_account AND h.position = t.position)
              OR NOT EXISTS (SELECT 1 FROM ledger_history h WHERE h.account = t.credit_account AND h.position = t.position)
              OR NOT EXISTS (SELECT 1 FROM ledger_coin_history h WHERE h.coin = a.coin AND h.position = t.position))
            ORDER BY t.position
            LIMIT 1
            """, new { position }, moment, commandTimeout: 0, cancellationToken: stop)).ConfigureAwait(false);
        if (missing is not null)
            return $"The history has come to position {position} and lacks position {missing}.";
        var rows = await connection.QuerySingleAsync<Rows>(new CommandDefinition("""
            SELECT (SELECT count(*) FROM ledger_history) AS of_accounts, (SELECT count(*) FROM ledger_coin_history) AS of_coins
            """, transaction: moment, commandTimeout: 0, cancellationToken: stop)).ConfigureAwait(false);
        return rows.OfAccounts == 2 * position && rows.OfCoins == position
            ? null
            : $"The history of accounts has {rows.OfAccounts} rows and that of coins {rows.OfCoins}; up to position {position} they are {2 * position} and {position}.";
    }

    private static async Task<string?> MarketFaultAsync(DbConnection connection, DbTransaction moment, long position, CancellationToken stop)
    {
        var coins = (await connection.QueryAsync<CoinRow>(new CommandDefinition(CoinRow.Select, transaction: moment, cancellationToken: stop))
            .ConfigureAwait(false)).Select(row => row.ToCoin()).ToDictionary(coin => coin.Symbol);
        var recount = new MarketRecount(coins);
        await using (var command = connection.CreateCommand())
        {
            command.Transaction = moment;
            command.CommandTimeout = 0;
            command.CommandText = EntryRow.Select + " WHERE t.position <= @position ORDER BY t.position";
            command.Add("position", position);
            await using var rows = await command.ExecuteReaderAsync(stop).ConfigureAwait(false);
            while (await rows.ReadAsync(stop).ConfigureAwait(false))
                recount.Add(EntryRow.Read(rows));
        }

        return await StatsFaultAsync(connection, moment, recount, stop).ConfigureAwait(false)
            ?? await CandleFaultAsync(connection, moment, recount, stop).ConfigureAwait(false);
    }

    private static async Task<string?> StatsFaultAsync(DbConnection connection, DbTransaction moment, MarketRecount recount, CancellationToken stop)
    {
        var kept = (await connection.QueryAsync<Stats>(new CommandDefinition(
            "SELECT coin, transfers, trades, rly, holders FROM ledger_coin_stats", transaction: moment, cancellationToken: stop)).ConfigureAwait(false))
            .ToDictionary(row => row.Coin);
        foreach (var due in recount.Stats())
        {
            var found = kept.Remove(due.Coin, out var row) ? row : new(due.Coin, 0, 0, 0, 0);
            if (found != due)
                return $"The figures of {due.Coin} are {found}; the log comes to {due}.";
        }

        return kept.Count == 0 ? null : $"There are figures of {kept.First().Key}, and no such coin.";
    }

    private static async Task<string?> CandleFaultAsync(DbConnection connection, DbTransaction moment, MarketRecount recount, CancellationToken stop)
    {
        var kept = (await connection.QueryAsync<CandleRow>(new CommandDefinition("""
            SELECT coin, start, open, high, low, close, coins, rly, trades FROM ledger_candle
            """, transaction: moment, commandTimeout: 0, cancellationToken: stop)).ConfigureAwait(false)).ToDictionary(row => (row.Coin, row.Start));
        foreach (var due in recount.Candles())
        {
            if (!kept.Remove((due.Coin, due.Start), out var found) || found != due)
                return $"The prices of {due.Coin} at {DateTimeOffset.FromUnixTimeMilliseconds(due.Start):u} are {found?.ToString() ?? "not there"}; the log comes to {due}.";
        }

        return kept.Count == 0 ? null : $"There are prices of {kept.First().Key.Coin} in an hour in which the log has no trade of it.";
    }

    /// <summary>As it is kept, and as it should be.</summary>
    internal sealed record Stats(string Coin, long Transfers, long Trades, long Rly, long Holders);

    /// <summary>As it is kept, and as it should be.</summary>
    internal sealed record CandleRow(string Coin, long Start, long Open, long High, long Low, long Close, long Coins, long Rly, long Trades);

    private sealed record Cursor(string Name, long Position);

    private sealed record Rows(long OfAccounts, long OfCoins);
}
