using Microsoft.AspNetCore.Http;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Followers;

namespace Rally.Ledger.Explorer;

/// <summary>/explorer: all coins, by symbol.</summary>
internal sealed class CoinsPage(ReadCoinFigures figures, ReadMarket market)
{
    private const int CoinsAtOnce = 100;

    public async Task<IResult> ShowAsync(string? after, CancellationToken stop)
    {
        var last = "";
        if (after is not null && !CoinSymbol.TryNormalize(after, out last))
            return ExplorerPage.NoSuchPage(Paths.Coins);
        var found = await figures.PageAsync(last, CoinsAtOnce + 1, stop).ConfigureAwait(false);
        if (found.Count == 0)
            return new ExplorerPage("Coins", after is null ? (Html)$"<p>No coin has been launched yet.</p>" : $"<p>None.</p>{Pages(after, found)}", Paths.Coins);
        var stats = await market.BetweenAsync(found[0].Coin.Symbol, found[^1].Coin.Symbol, stop).ConfigureAwait(false);
        return new ExplorerPage(
            "Coins",
            $"""
            <table class="coins">
              <caption>All coins, by symbol; prices and volumes in RLY</caption>
              <thead><tr><th scope="col">Coin</th><th scope="col" class="number">Price</th><th scope="col" class="number">Circulating</th><th scope="col" class="number">Holders</th><th scope="col" class="number">24 h volume</th></tr></thead>
              <tbody>{found.Take(CoinsAtOnce).Select(coin => Row(coin, stats[coin.Coin.Symbol]))}</tbody>
            </table>
            {Pages(after, found)}
            """,
            Paths.Coins);
    }

    private static Html Pages(string? after, IReadOnlyList<CoinFigures> found) =>
        Pager.Forward(Paths.Coins, after is null, found.Count > CoinsAtOnce ? found[CoinsAtOnce - 1].Coin.Symbol : null);

    private static Html Row(CoinFigures coin, ReadMarket.CoinStats stats) => $"""
        <tr>
          <th scope="row">{Show.Coin(coin.Coin.Symbol)} <span class="faint">{coin.Coin.Name}{(coin.Coin.IsSuspended ? ", suspended" : "")}</span></th>
          {Figure("Price, RLY", coin.Price)}
          {Figure("Circulating", coin.Circulating)}
          <td class="number"><span class="label">Holders</span> {Show.Whole(stats.Holders)}</td>
          {Figure("24 h volume, RLY", coin.Price is null ? null : stats.Volume24h)}
        </tr>
        """;

    private static Html Figure(string label, Amount? amount) => $"""
        <td class="number"><span class="label">{label}</span> {(amount is { } known ? Show.Number(known) : "–")}</td>
        """;
}
