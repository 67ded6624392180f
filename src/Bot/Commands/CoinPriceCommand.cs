using Rally.Bot.Commands.Charts;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary><c>/coin price</c>: what a coin costs, with a picture of how that went.</summary>
internal sealed class CoinPriceCommand(CoinChoice coins, CoinReads reads, TimeProvider time) : SlashCommand
{
    private const string ChartFile = "price.png";
    private const int Accent = 0x5A3FD0;

    // More than this many days are drawn by day, fewer by hour.
    private const int HourlyDays = 7;
    private const int DefaultDays = 30;

    private static readonly CommandChoice[] Spans = [new("day", "1"), new("week", "7"), new("month", "30"), new("year", "365")];

    public override string Group => "coin";

    // Everybody may see a price.
    public override Deferral Deferral => Deferral.PublicMessage;

    public override CommandOption Definition { get; } = Subcommand(
        "price", CoinChoice.Option, Optional(CommandOptionType.String, "span") with { Choices = Spans });

    public override async Task<MessageReply> RunAsync(CommandCall call, CancellationToken stop)
    {
        var choice = await coins.FindAsync(call, stop);
        if (choice.Coin is not { } coin)
            return choice.Refusal!;
        if (PriceText.Of(coin) is not { } price)
            return call.Privately("price.none", coin.Symbol);

        var days = call.OptionalText("span") is { } span && int.TryParse(span, out var chosen) ? chosen : DefaultDays;
        var from = time.GetUtcNow() - TimeSpan.FromDays(days);
        var candles = await reads.PricesAsync(coin.Symbol, from, isDaily: days > HourlyDays, stop);
        var text = call.Say("price.now", coin.Symbol, price) + (coin.Price!.UsdStale ? $"\n{call.Say("price.stale")}" : "");
        return candles.Count == 0
            ? Say.Publicly($"{text}\n{call.Say("price.no-trades", days)}")
            : new(Picture(call, coin, text, days, candles), Ephemeral: false);
    }

    public override Task<IReadOnlyList<CommandChoice>> SuggestAsync(CommandCall call, string typed, CancellationToken stop) =>
        coins.SuggestAsync(call, typed, stop);

    private MessagePayload Picture(CommandCall call, Coin coin, string text, int days, IReadOnlyList<Candle> candles)
    {
        // Before the first trade of the time the price was what it opened at, and since the last it is what it closed at.
        PriceChart.Point[] points =
        [
            new(candles[0].Start, RallyClient.Parse(candles[0].Open)),
            .. candles.Select(candle => new PriceChart.Point(candle.Start, RallyClient.Parse(candle.Close))),
            new(time.GetUtcNow(), RallyClient.Parse(candles[^1].Close)),
        ];
        var (least, most) = (points.Min(point => point.Price), points.Max(point => point.Price));
        var description = call.Say("price.chart", coin.Symbol, days, least, most);
        return new()
        {
            Content = Say.Fit(text),
            Embeds = [new(Title: $"{coin.Symbol} · {coin.Name}", Description: description, Color: Accent, Image: new($"attachment://{ChartFile}"))],
            Files = [new(ChartFile, "image/png", PriceChart.Draw(points), description)],
        };
    }
}
