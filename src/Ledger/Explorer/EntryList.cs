using Rally.Ledger.Journal;

namespace Rally.Ledger.Explorer;

/// <summary>Entries of the log as a table; a card each on a narrow screen. Notes are not public, so they are not on it.</summary>
internal static class EntryList
{
    public static Html Table(IReadOnlyList<JournalEntry> entries, string caption)
    {
        if (entries.Count == 0)
            return $"<p>None.</p>";
        return $"""
            <table class="entries">
              <caption>{caption}</caption>
              <thead><tr><th scope="col">Position</th><th scope="col">What</th><th scope="col">From</th><th scope="col">To</th><th scope="col" class="number">Amount</th><th scope="col">When</th></tr></thead>
              <tbody>{entries.Select(Row)}</tbody>
            </table>
            """;
    }

    /// <summary>What a kind of transfer is called.</summary>
    public static string Kind(string kind) => kind switch
    {
        TransferKind.Issue => "Issued",
        TransferKind.Transfer => "Sent",
        TransferKind.Genesis => "Creator’s grant",
        TransferKind.Vest => "Unlocked",
        TransferKind.Buy => "Purchase",
        TransferKind.Sell => "Sale",
        TransferKind.Fee => "Creator’s fee",
        TransferKind.Hold => "Put on hold",
        TransferKind.Post => "Delivered",
        TransferKind.Void => "Given back",
        TransferKind.Expire => "Timed out",
        _ => kind,
    };

    private static Html Row(JournalEntry entry) => $"""
        <tr>
          <td class="position"><a href="{Paths.Transfer(entry.Order.Id)}" aria-label="Position {entry.Position}">#{entry.Position}</a></td>
          <td class="what">{Kind(entry.Order.Kind)}</td>
          <td class="from">{Show.Account(entry.Order.Debit)}</td>
          <td class="to">{Show.Account(entry.Order.Credit)}</td>
          <td class="number amount">{Show.Number(entry.Order.Amount)} {Show.Coin(entry.Order.Coin)}</td>
          <td class="when">{Show.Time(entry.PostedAt)}</td>
        </tr>
        """;
}
