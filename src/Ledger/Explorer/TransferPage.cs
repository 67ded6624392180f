using Microsoft.AspNetCore.Http;
using Rally.Ledger.Api;
using Rally.Ledger.Journal;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Explorer;

/// <summary>/explorer/transfers/{id}: an entry, and those that were committed with it.</summary>
internal sealed class TransferPage(FindTransfer find)
{
    public async Task<IResult> ShowAsync(string text, CancellationToken stop)
    {
        if (!RallyId.TryParse(text, out var id) || await find.WithLinkedAsync(id, stop).ConfigureAwait(false) is not { Count: > 0 } legs)
            return ExplorerPage.NotFound("There is no such transfer", $"Nothing was posted under the id “{text}”.");
        var entry = legs.Single(leg => leg.Order.Id == id);
        return new ExplorerPage(
            $"Transfer #{entry.Position}",
            $"""
            <p>{EntryList.Kind(entry.Order.Kind)}: {Show.Number(entry.Order.Amount)} {Show.Coin(entry.Order.Coin)} from {Show.Account(entry.Order.Debit)} to {Show.Account(entry.Order.Credit)}.</p>
            <dl>
              <dt>Id</dt><dd><code>{entry.Order.Id.ToString()}</code></dd>
              <dt>Posted</dt><dd>{Show.Time(entry.PostedAt)}</dd>
              <dt>Debit account</dt><dd><code>{entry.Order.Debit.ToString()}</code></dd>
              <dt>Credit account</dt><dd><code>{entry.Order.Credit.ToString()}</code></dd>
            </dl>
            {(legs.Count > 1 ? Linked(legs) : Html.Empty)}
            <p><a href="{Paths.Log}?before={entry.Position + 1}">Here in the log</a></p>
            """);
    }

    private static Html Linked(List<JournalEntry> legs) => $"""
        <h2>Committed as one</h2>
        {EntryList.Table(legs, "The entries of this command, in their order: all of them or none")}
        """;
}
