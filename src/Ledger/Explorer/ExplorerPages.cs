using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Api;
using Rally.Ledger.Coins;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Explorer;

/// <summary>The explorer: what is public of the ledger, for people. Plain pages, without scripts.</summary>
internal static class ExplorerPages
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Paths.Stylesheet, Stylesheet.Handle).AllowAnonymous().ExcludeFromDescription();
        var pages = routes.MapGroup("/explorer").AllowAnonymous().ExcludeFromDescription()
            .RequireRateLimiting(RateLimit.Reads).WithMetadata(new LimitedPage(ExplorerPage.TooMany));
        pages.MapGet("", (string? after, CoinsPage page, CancellationToken stop) => page.ShowAsync(after, stop));
        pages.MapGet("/coins/{symbol}", (string symbol, CoinPage page, CancellationToken stop) => page.ShowAsync(symbol, stop));
        pages.MapGet("/coins/{symbol}/holders", (string symbol, string? after, CoinPage page, CancellationToken stop) => page.HoldersAsync(symbol, after, stop));
        pages.MapGet("/coins/{symbol}/transfers", (string symbol, string? before, CoinPage page, CancellationToken stop) => page.EntriesAsync(symbol, before, stop));
        pages.MapGet("/accounts/{id}", (string id, string? before, AccountPage page, CancellationToken stop) => RallyId.TryParse(id, out var holder)
            ? page.ShowAsync(holder, before, stop)
            : Task.FromResult<IResult>(ExplorerPage.NotFound("There is no such account", $"“{id}” is not a Rally id.")));
        pages.MapGet("/transfers/{id}", (string id, TransferPage page, CancellationToken stop) => page.ShowAsync(id, stop));
        pages.MapGet("/log", (string? before, LogPage page, CancellationToken stop) => page.ShowAsync(before, stop));
        pages.MapGet("/blocks", (string? before, BlocksPage page, CancellationToken stop) => page.ShowAsync(before, stop));
        pages.MapGet("/blocks/{height}", (string height, BlocksPage page, CancellationToken stop) => page.OneAsync(height, stop));
        pages.MapGet("/search", SearchAsync);
    }

    // Results are pages of their own, so that their addresses can be kept.
    private static async Task<IResult> SearchAsync(string? q, ReadCoins coins, FindTransfer find, CancellationToken stop)
    {
        var text = (q ?? "").Trim();
        if (CoinSymbol.TryNormalize(text, out var symbol) && await coins.FindAsync(symbol, stop).ConfigureAwait(false) is not null)
            return TypedResults.LocalRedirect(Paths.Coin(symbol));
        if (long.TryParse(text.TrimStart('#'), NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position is > 0 and < long.MaxValue)
            return TypedResults.LocalRedirect($"{Paths.Log}?before={position + 1}");
        if (RallyId.TryParse(text, out var id))
            return TypedResults.LocalRedirect(await find.ExecuteAsync(id, stop).ConfigureAwait(false) is null ? Paths.Account(id) : Paths.Transfer(id));
        return ExplorerPage.NotFound("Nothing was found", $"“{text}” is no coin's symbol, no Rally id or transfer id, and no position in the log.");
    }
}
