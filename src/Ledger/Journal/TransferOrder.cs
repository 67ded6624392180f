using Rally.Ledger.Amounts;

namespace Rally.Ledger.Journal;

/// <summary>A transfer that somebody wants posted. What a caller could not have meant is refused here, as a bug.</summary>
internal sealed record TransferOrder
{
    /// <summary>In UTF-16 units, as <see cref="string.Length"/> counts.</summary>
    public const int LongestNote = 280;

    /// <exception cref="ArgumentException">An empty id, two coins, nothing to move, or a note that cannot be kept.</exception>
    public TransferOrder(Guid id, AccountKey debit, AccountKey credit, Amount amount, string kind, string note)
    {
        if (id == Guid.Empty)
            throw new ArgumentException("A transfer needs an id.", nameof(id));
        if (debit.Coin != credit.Coin)
            throw new ArgumentException($"A transfer moves one coin, not {debit.Coin} and {credit.Coin}.", nameof(credit));
        if (amount <= Amount.Zero)
            throw new ArgumentException("A transfer moves more than nothing.", nameof(amount));
        if (!IsNote(note))
            throw new ArgumentException($"A note is one line of at most {LongestNote} characters.", nameof(note));
        (Id, Debit, Credit, Amount, Kind, Note) = (id, debit, credit, amount, kind, note);
    }

    public Guid Id { get; }

    public AccountKey Debit { get; }

    public AccountKey Credit { get; }

    public Amount Amount { get; }

    public string Kind { get; }

    public string Note { get; }

    public string Coin => Debit.Coin;

    public static bool IsNote(string text) => text.Length <= LongestNote && PlainText.IsPlain(text);
}
