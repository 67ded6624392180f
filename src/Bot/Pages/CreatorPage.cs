using System.Text;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Pages;

/// <summary>
/// Where deep links lead, in the form the former Rally had: <c>/creator/{SYMBOL}/?inputType=COINS|USD&amp;amount=&amp;note=</c>. It
/// shows what was asked for and how to send it; it sends nothing, for whoever made the link is not who follows it.
/// </summary>
internal static class CreatorPage
{
    private const int LongestNote = 280;

    public static void MapCreatorPage(this IEndpointRouteBuilder routes) => routes.MapGet("/creator/{symbol}", ShowAsync).ExcludeFromDescription();

    private static async Task<IResult> ShowAsync(
        string symbol, string? inputType, string? amount, string? note, RallyClient network, Installation installation, CancellationToken stop)
    {
        try
        {
            if (await network.FindCoinAsync(symbol, stop) is not { } coin)
                return Page.Show("No such coin", new Html($"<p>There is no coin {symbol}.</p>"), StatusCodes.Status404NotFound);
            var explorer = new Uri((await installation.GetAsync(stop)).NetworkPublicUrl, $"explorer/coins/{coin.Symbol}").ToString();
            return Page.Show($"{coin.Symbol} · {coin.Name}", new Html($"""
                {Wish(coin, inputType, amount, note)}
                <p><a href="{explorer}">The coin, its price and its holders</a></p>
                """));
        }
        catch (NetworkException)
        {
            return Page.Show(
                "Not now", new Html($"<p>The Rally network cannot be reached. Please try again in a minute.</p>"), StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static Html Wish(Coin coin, string? inputType, string? amount, string? note)
    {
        var command = new StringBuilder($"/coin donate coin:{coin.Symbol}");
        // What is no amount is left out rather than shown: a page with any words in it would be a gift to tricksters.
        if (!Amount.TryParse(amount, out var wished) || wished <= Amount.Zero)
            return new Html($"<p>To give some to its creator, run <code>{command} amount:</code> and how much in Discord.</p>");
        var isUsd = string.Equals(inputType, "USD", StringComparison.OrdinalIgnoreCase);
        command.Append($" amount:{wished}{(isUsd ? " unit:US dollars" : "")}");
        if (note is { Length: > 0 and <= LongestNote } && !note.Any(char.IsControl))
            command.Append($" note:{note}");
        var what = isUsd ? $"${wished}’s worth of {coin.Symbol}" : $"{wished} {coin.Symbol}";
        return new Html($"""
            <p>You were asked to send <strong>{what}</strong> to the creator of {coin.Name}. Nothing is sent by this page.</p>
            <p>If you want to, run this in Discord; you are asked once more there:</p>
            <p class="subject"><code>{command}</code></p>
            """);
    }
}
