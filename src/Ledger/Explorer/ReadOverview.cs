using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Ledger.Trades;
using Rally.Storage;

namespace Rally.Ledger.Explorer;

/// <summary>A coin with its figures, as its page shows them.</summary>
/// <param name="Coin">The coin.</param>
/// <param name="Issued">All there is of it.</param>
/// <param name="Locked">Of that, what is not yet the creator's.</param>
/// <param name="Backing">RLY behind it.</param>
/// <param name="Stats">What followers of the log have counted.</param>
internal sealed record CoinOverview(Coin Coin, Amount Issued, Amount Locked, Amount Backing, ReadMarket.CoinStats Stats)
{
    /// <summary>What can be sent and sold.</summary>
    public Amount Circulating => Issued - Locked;

    /// <summary>RLY for one coin; null when the ledger does not trade it.</summary>
    public Amount? Price => Market.Of(Coin, Issued)?.Price;
}

/// <summary>Gathers coins and their figures.</summary>
internal sealed class ReadOverview(Database database, ReadCoins coins, ReadMarket market)
{
    /// <summary>All coins by symbol, but for RLY.</summary>
    public async Task<IReadOnlyList<CoinOverview>> AllAsync(CancellationToken stop)
    {
        var all = await coins.AllAsync(stop).ConfigureAwait(false);
        var stats = (await market.AllAsync(stop).ConfigureAwait(false)).ToDictionary(one => one.Coin);
        var balances = await BalancesAsync("holder IS NULL", "", "", stop).ConfigureAwait(false);
        return [.. all.Where(coin => stats.ContainsKey(coin.Symbol)).Select(coin => Overview(coin, stats[coin.Symbol], balances))];
    }

    /// <param name="symbol">In upper case.</param>
    /// <param name="stop">Ends the read.</param>
    /// <returns>Null when there is no such coin.</returns>
    public async Task<CoinOverview?> FindAsync(string symbol, CancellationToken stop)
    {
        if (await coins.FindAsync(symbol, stop).ConfigureAwait(false) is not { } coin
            || await market.FindAsync(symbol, stop).ConfigureAwait(false) is not { } stats)
            return null;
        const string Own = "holder IS NULL AND (coin = @symbol OR (coin = 'RLY' AND kind = @reserve))";
        return Overview(coin, stats, await BalancesAsync(Own, symbol, AccountKind.ReserveOf(symbol), stop).ConfigureAwait(false));
    }

    private static CoinOverview Overview(Coin coin, ReadMarket.CoinStats stats, Dictionary<AccountKey, Amount> balances)
    {
        var source = coin.Symbol == CoinSymbol.Rly ? AccountKey.Bridge : AccountKey.Mint(coin.Symbol);
        return new(
            coin,
            Amount.Zero - balances.GetValueOrDefault(source),
            balances.GetValueOrDefault(AccountKey.Vesting(coin.Symbol)),
            balances.GetValueOrDefault(AccountKey.Reserve(coin.Symbol)),
            stats);
    }

    private async Task<Dictionary<AccountKey, Amount>> BalancesAsync(string where, string symbol, string reserve, CancellationToken stop)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<AccountRow>(new CommandDefinition(
            $"{AccountRow.Select} WHERE {where}", new { symbol, reserve }, cancellationToken: stop)), stop).ConfigureAwait(false);
        return rows.Select(row => row.ToAccount()).ToDictionary(account => account.Key, account => account.Balance);
    }
}
