using Rally.Ledger.Amounts;

namespace Rally.Ledger.Journal;

/// <summary>A transfer that somebody wants posted. What a caller could not have meant is refused here, as a bug.</summary>
internal sealed record TransferOrder
{
    /// <summary>In UTF-16 units, as <see cref="string.Length"/> counts.</summary>
    public const int LongestNote = 280;

    /// <summary>In UTF-16 units.</summary>
    public const int LongestReference = 120;

    /// <param name="id">Made by the client; UUID version 7, so that the log's index grows at its end.</param>
    /// <param name="debit">Whose balance goes down.</param>
    /// <param name="credit">Whose balance goes up; another account of the same coin.</param>
    /// <param name="amount">Above zero.</param>
    /// <param name="kind">See <see cref="TransferKind"/>.</param>
    /// <param name="note">For people; may be empty.</param>
    /// <param name="reference">For the program that sent it, such as an order's number; may be empty.</param>
    /// <param name="details">What the ledger itself must know later, as JSON; null for a plain transfer.</param>
    /// <exception cref="ArgumentException">An empty id, two coins, nothing to move, or a text that cannot be kept.</exception>
    public TransferOrder(
        Guid id, AccountKey debit, AccountKey credit, Amount amount, string kind, string note = "", string reference = "", string? details = null)
    {
        if (id == Guid.Empty)
            throw new ArgumentException("A transfer needs an id.", nameof(id));
        if (debit.Coin != credit.Coin)
            throw new ArgumentException($"A transfer moves one coin, not {debit.Coin} and {credit.Coin}.", nameof(credit));
        if (amount <= Amount.Zero)
            throw new ArgumentException("A transfer moves more than nothing.", nameof(amount));
        if (!IsNote(note))
            throw new ArgumentException($"A note is one line of at most {LongestNote} characters.", nameof(note));
        if (!IsReference(reference))
            throw new ArgumentException($"A reference is one line of at most {LongestReference} characters.", nameof(reference));
        (Id, Debit, Credit, Amount, Kind, Note, Reference, Details) = (id, debit, credit, amount, kind, note, reference, details);
    }

    public Guid Id { get; }

    public AccountKey Debit { get; }

    public AccountKey Credit { get; }

    public Amount Amount { get; }

    public string Kind { get; }

    public string Note { get; }

    public string Reference { get; }

    public string? Details { get; }

    public string Coin => Debit.Coin;

    public static bool IsNote(string text) => text.Length <= LongestNote && PlainText.IsPlain(text);

    public static bool IsReference(string text) => text.Length <= LongestReference && PlainText.IsPlain(text);
}
