using Microsoft.AspNetCore.Http;
using Rally.Ledger.Coins;
using Rally.Ledger.Followers;

namespace Rally.Ledger.Explorer;

/// <summary>/explorer/accounts/{rallyId}: what the public log has of an account. Notes are its own business.</summary>
internal sealed class AccountPage(ReadHistory history, ReadCoins coins)
{
    public async Task<IResult> ShowAsync(Guid holder, string? before, CancellationToken stop)
    {
        if (!Pager.TryBefore(before, out var below))
            return ExplorerPage.NoSuchPage(Paths.Account(holder));
        var launched = (await coins.AllAsync(stop).ConfigureAwait(false)).Where(coin => coin.Creator == holder).ToList();
        var found = await history.OfHolderAsync(holder, coin: null, below, Pager.Entries, stop).ConfigureAwait(false);
        if (found.Entries.Count == 0 && launched.Count == 0 && before is null)
            return ExplorerPage.NotFound("Nothing of this account", $"The log has no entry of {holder:D}.");
        return new ExplorerPage(
            "Account",
            $"""
            <dl>
              <dt>Rally id</dt><dd><code>{holder.ToString()}</code></dd>
              {(launched.Count == 0 ? Html.Empty : (Html)$"<dt>Creator of</dt><dd>{launched.Select(Html (coin) => $"{Show.Coin(coin.Symbol)} {coin.Name}<br>")}</dd>")}
            </dl>
            <h2>Entries</h2>
            {EntryList.Table(found.Entries, "Entries of this account in the log, newest first")}
            {Pager.Links(Paths.Account(holder), before is null, found.HasMore ? found.Entries[^1].Position : null)}
            <p class="faint">Complete up to position {Show.Whole(found.Position)} of the log.</p>
            """);
    }
}
