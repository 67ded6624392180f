using System.Globalization;
using System.Text;
using Rally.Ledger.Amounts;
using Rally.Ledger.Followers;

namespace Rally.Ledger.Explorer;

/// <summary>A price over time as a line, in words for those who do not see it, and as a table.</summary>
internal static class PriceChart
{
    // Units of the drawing, which is stretched to the page's width.
    private const int Width = 1_000;
    private const int Height = 240;
    private const int Margin = 8;

    /// <param name="candles">Oldest first; at least one.</param>
    /// <param name="byDay">They are of days, not hours.</param>
    /// <param name="now">Where the line ends.</param>
    public static Html Draw(string symbol, IReadOnlyList<Candle> candles, bool byDay, DateTimeOffset now)
    {
        var (first, last) = (candles[0], candles[^1]);
        var (low, high) = (candles.Min(candle => candle.Low), candles.Max(candle => candle.High));
        string When(Candle candle) => byDay ? Show.Day(candle.Start) : Show.Minute(candle.Start);
        var words = $"{symbol} went from {Show.Number(first.Open)} RLY on {When(first)} to {Show.Number(last.Close)} RLY on {When(last)}; " +
            $"lowest {Show.Number(low)} RLY, highest {Show.Number(high)} RLY.";
        return $"""
            <figure>
              <div class="chart">
                <p class="high" aria-hidden="true">{Show.Number(high)} RLY</p>
                <svg viewBox="0 0 {Width} {Height}" preserveAspectRatio="none" role="img" aria-label="{words}">
                  <path class="area" d="{Line(candles, low, high, now)} V{Height} H0 Z"/>
                  <path class="line" d="{Line(candles, low, high, now)}"/>
                </svg>
                <p class="low" aria-hidden="true">{Show.Number(low)} RLY</p>
              </div>
              <figcaption>{words}</figcaption>
            </figure>
            <details>
              <summary>Prices as a table</summary>
              <div class="wide" role="region" aria-label="Prices of {symbol}" tabindex="0">
                <table>
                  <caption>{symbol} by {(byDay ? "day" : "hour")}, UTC; prices and volume in RLY</caption>
                  <thead><tr><th scope="col">{(byDay ? "Day" : "Hour")}</th><th scope="col" class="number">Open</th><th scope="col" class="number">High</th><th scope="col" class="number">Low</th><th scope="col" class="number">Close</th><th scope="col" class="number">Volume</th><th scope="col" class="number">Trades</th></tr></thead>
                  <tbody>{candles.Reverse().Select(Html (candle) => $"<tr><th scope=\"row\">{When(candle)}</th>{new[] { candle.Open, candle.High, candle.Low, candle.Close, candle.Rly }.Select(Cell)}<td class=\"number\">{Show.Whole(candle.Trades)}</td></tr>")}</tbody>
                </table>
              </div>
            </details>
            """;
    }

    private static Html Cell(Amount amount) => $"<td class=\"number\">{Show.Number(amount)}</td>";

    // Between trades the price stays where it is: steps, not slopes.
    private static string Line(IReadOnlyList<Candle> candles, Amount low, Amount high, DateTimeOffset now)
    {
        var begin = candles[0].Start.UtcTicks;
        var span = Math.Max(now.UtcTicks - begin, 1);
        int X(DateTimeOffset time) => (int)((Int128)(time.UtcTicks - begin) * Width / span);
        int Y(Amount price) => high == low
            ? Height / 2
            : Height - Margin - (int)((Int128)(price.MinorUnits - low.MinorUnits) * (Height - (2 * Margin)) / (high.MinorUnits - low.MinorUnits));

        var line = new StringBuilder().Append(CultureInfo.InvariantCulture, $"M0 {Y(candles[0].Open)} V{Y(candles[0].Close)}");
        foreach (var candle in candles.Skip(1))
            line.Append(CultureInfo.InvariantCulture, $" H{Math.Clamp(X(candle.Start), 0, Width)} V{Y(candle.Close)}");
        return line.Append(CultureInfo.InvariantCulture, $" H{Width}").ToString();
    }
}
