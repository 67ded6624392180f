using Microsoft.AspNetCore.Http;
using Rally.Ledger.Amounts;

namespace Rally.Ledger.Explorer;

/// <summary>/explorer: all coins.</summary>
internal sealed class CoinsPage(ReadOverview overview)
{
    public async Task<IResult> ShowAsync(CancellationToken stop)
    {
        var coins = await overview.AllAsync(stop).ConfigureAwait(false);
        return new ExplorerPage(
            "Coins",
            coins.Count == 0
                ? (Html)$"<p>No coin has been launched yet.</p>"
                : $"""
                  <table class="coins">
                    <caption>All coins, by symbol; prices and volumes in RLY</caption>
                    <thead><tr><th scope="col">Coin</th><th scope="col" class="number">Price</th><th scope="col" class="number">Supply</th><th scope="col" class="number">Holders</th><th scope="col" class="number">24 h volume</th></tr></thead>
                    <tbody>{coins.Select(Row)}</tbody>
                  </table>
                  """,
            Paths.Coins);
    }

    private static Html Row(CoinOverview coin) => $"""
        <tr>
          <th scope="row">{Show.Coin(coin.Coin.Symbol)} <span class="faint">{coin.Coin.Name}{(coin.Coin.IsSuspended ? ", suspended" : "")}</span></th>
          {Figure("Price, RLY", coin.Price)}
          {Figure("Supply", coin.Circulating)}
          <td class="number"><span class="label">Holders</span> {Show.Whole(coin.Stats.Holders)}</td>
          {Figure("24 h volume, RLY", coin.Price is null ? null : coin.Stats.Volume24h)}
        </tr>
        """;

    private static Html Figure(string label, Amount? amount) => $"""
        <td class="number"><span class="label">{label}</span> {(amount is { } known ? Show.Number(known) : "–")}</td>
        """;
}
