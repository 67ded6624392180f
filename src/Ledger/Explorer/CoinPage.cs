using Microsoft.AspNetCore.Http;
using Rally.Ledger.Amounts;
using Rally.Ledger.Api;
using Rally.Ledger.Coins;
using Rally.Ledger.Followers;

namespace Rally.Ledger.Explorer;

/// <summary>/explorer/coins/{symbol}, and its lists of holders and transfers.</summary>
internal sealed class CoinPage(ReadCoinFigures figures, ReadCoins coins, ReadMarket market, ReadHistory history, TimeProvider time)
{
    private const int LatestEntries = 10;

    // So many are quickly read and sorted by what they hold; of more, the page shows none.
    private const int SortedHolders = 1_000;
    private const int LargestHolders = 10;
    private const int HoldersAtOnce = 100;
    private const int ChartDays = 90;

    private const string RlyHolders = "RLY is the money of all coins, so it has no list of holders. What moves is public all the same: every entry is in the log.";

    public async Task<IResult> ShowAsync(string symbol, CancellationToken stop)
    {
        if (!CoinSymbol.TryNormalize(symbol, out var known)
            || await figures.FindAsync(known, stop).ConfigureAwait(false) is not { } coin
            || await market.FindAsync(known, stop).ConfigureAwait(false) is not { } stats)
            return NotFound(symbol);
        var latest = await history.OfCoinAsync(known, long.MaxValue, LatestEntries, stop).ConfigureAwait(false);
        return new ExplorerPage(
            $"{coin.Coin.Name} ({known})",
            $"""
            {(coin.Coin.IsSuspended ? (Html)$"<p class=\"notice\">The operator has suspended this coin: nothing of it moves until that ends.</p>" : Html.Empty)}
            {Figures(coin, stats)}
            {(coin.Market is null ? Html.Empty : await ChartAsync(known, stop).ConfigureAwait(false))}
            <section aria-labelledby="terms">
              <h2 id="terms">Terms</h2>
              <ul>{TermsInWords.Of(coin.Coin).Select(Html (sentence) => $"<li>{sentence}</li>")}</ul>
            </section>
            <section aria-labelledby="holders">
              <h2 id="holders">Holders</h2>
              {await HoldersAsync(coin, stop).ConfigureAwait(false)}
            </section>
            <section aria-labelledby="latest">
              <h2 id="latest">Latest entries</h2>
              {EntryList.Table(latest.Entries, $"The last entries of {known} in the log, newest first")}
              {(latest.HasMore ? (Html)$"<p><a href=\"{Paths.Entries(known)}\">All entries of {known}</a></p>" : Html.Empty)}
            </section>
            <p class="faint">Counted up to position {Show.Whole(stats.Position)} of the log.</p>
            """,
            Paths.Coins);
    }

    public async Task<IResult> EntriesAsync(string symbol, string? before, CancellationToken stop)
    {
        if (await FindAsync(symbol, stop).ConfigureAwait(false) is not { } coin)
            return NotFound(symbol);
        if (!Pager.TryBefore(before, out var below))
            return ExplorerPage.NoSuchPage(Paths.Entries(coin.Symbol));
        var found = await history.OfCoinAsync(coin.Symbol, below, Pager.Entries, stop).ConfigureAwait(false);
        return new ExplorerPage(
            $"Entries of {coin.Symbol}",
            $"""
            <p><a href="{Paths.Coin(coin.Symbol)}">{coin.Name} ({coin.Symbol})</a></p>
            {EntryList.Table(found.Entries, $"Entries of {coin.Symbol} in the log, newest first")}
            {Pager.Links(Paths.Entries(coin.Symbol), before is null, found.HasMore ? found.Entries[^1].Position : null)}
            """,
            Paths.Coins);
    }

    public async Task<IResult> HoldersAsync(string symbol, string? after, CancellationToken stop)
    {
        if (!CoinSymbol.TryNormalize(symbol, out var known) || await figures.FindAsync(known, stop).ConfigureAwait(false) is not { } found)
            return NotFound(symbol);
        if (known == CoinSymbol.Rly)
            return ExplorerPage.NotFound("Holders of RLY are not listed", RlyHolders);
        var list = Paths.Holders(known);
        var last = Guid.Empty;
        if (after is not null && !RallyId.TryParse(after, out last))
            return ExplorerPage.NoSuchPage(list);
        var holders = await coins.HoldersAsync(known, last, HoldersAtOnce + 1, stop).ConfigureAwait(false);
        return new ExplorerPage(
            $"Holders of {known}",
            $"""
            <p><a href="{Paths.Coin(known)}">{found.Coin.Name} ({known})</a></p>
            {HolderTable(holders.Take(HoldersAtOnce), found, $"Holders of {known}, by Rally id")}
            {Pager.Forward(list, after is null, holders.Count > HoldersAtOnce ? holders[HoldersAtOnce - 1].Holder.ToString() : null)}
            """,
            Paths.Coins);
    }

    private static ExplorerPage NotFound(string symbol) => ExplorerPage.NotFound("There is no such coin", $"No coin has the symbol “{symbol}”.");

    private static Html Figures(CoinFigures coin, ReadMarket.CoinStats stats) => $"""
        <dl class="figures">
          {(coin.Market?.Price is { } price ? Figure("Price", price, "RLY") : Html.Empty)}
          {Figure("Circulating", coin.Circulating, coin.Coin.Symbol)}
          {(coin.Locked > Amount.Zero ? Figure("Locked grant", coin.Locked, coin.Coin.Symbol) : Html.Empty)}
          {(coin.Market is { } market ? Figure("Backing", market.Backing, "RLY") : Html.Empty)}
          <div><dt>Holders</dt><dd>{Show.Whole(stats.Holders)}</dd></div>
          <div><dt>Transfers</dt><dd>{Show.Whole(stats.Transfers)}</dd></div>
          {(coin.Market is null ? Html.Empty : (Html)$"<div><dt>Trades</dt><dd>{Show.Whole(stats.Trades)}</dd></div>")}
          {(coin.Market is null ? Html.Empty : Figure("24 h volume", stats.Volume24h, "RLY"))}
          {(coin.Market is null ? Html.Empty : Figure("Volume", stats.Volume, "RLY"))}
        </dl>
        """;

    private static Html Figure(string name, Amount amount, string unit) =>
        $"<div><dt>{name}</dt><dd>{Show.Number(amount)} <span class=\"unit\">{unit}</span></dd></div>";

    private async Task<Html> ChartAsync(string symbol, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var days = await market.PricesAsync(symbol, now.AddDays(-ChartDays), DateTimeOffset.MaxValue, byDay: true, ChartDays + 1, stop).ConfigureAwait(false);
        // A young coin's days would be a dot or two.
        var byDay = days.Candles.Count > 3;
        var candles = byDay
            ? days.Candles
            : (await market.PricesAsync(symbol, now.AddDays(-ChartDays), DateTimeOffset.MaxValue, byDay: false, 100, stop).ConfigureAwait(false)).Candles;
        return $"""
            <section aria-labelledby="prices">
              <h2 id="prices">Price</h2>
              {(candles.Count == 0 ? $"<p>No trade in the last {ChartDays} days.</p>" : PriceChart.Draw(symbol, candles, byDay, now))}
            </section>
            """;
    }

    private async Task<Html> HoldersAsync(CoinFigures coin, CancellationToken stop)
    {
        var symbol = coin.Coin.Symbol;
        if (symbol == CoinSymbol.Rly)
            return $"<p>{RlyHolders}</p>";
        var found = await coins.HoldersAsync(symbol, Guid.Empty, SortedHolders + 1, stop).ConfigureAwait(false);
        if (found.Count == 0)
            return $"<p>Nobody holds it yet.</p>";
        Html all = $"<p><a href=\"{Paths.Holders(symbol)}\">All holders of {symbol}</a></p>";
        return found.Count > SortedHolders
            ? all
            : $"""
              {HolderTable(found.OrderByDescending(one => one.Balance).Take(LargestHolders), coin, $"The largest holdings of {symbol}")}
              {(found.Count > LargestHolders ? all : Html.Empty)}
              """;
    }

    private static Html HolderTable(IEnumerable<ReadCoins.Holding> holders, CoinFigures coin, string caption) => $"""
        <table class="holders">
          <caption>{caption}</caption>
          <thead><tr><th scope="col">Holder</th><th scope="col" class="number">Balance</th><th scope="col" class="number">Share</th></tr></thead>
          <tbody>{holders.Select(Html (one) => $"<tr><td>{Show.Holder(one.Holder)}{(one.Holder == coin.Coin.Creator ? " (creator)" : "")}</td><td class=\"number balance\">{Show.Number(one.Balance)}</td><td class=\"number\">{Show.Percent(one.Balance, coin.Circulating)}</td></tr>")}</tbody>
        </table>
        """;

    private async Task<Coin?> FindAsync(string symbol, CancellationToken stop) =>
        CoinSymbol.TryNormalize(symbol, out var known) ? await coins.FindAsync(known, stop).ConfigureAwait(false) : null;
}
