using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Escrow;

/// <summary>A pending transfer: the sender's coins are in escrow until they are posted to the receiver, voided, or time is up.</summary>
/// <param name="Id">Of the transfer that made it.</param>
/// <param name="Position">Of that transfer in the log.</param>
/// <param name="Sender">A Rally id.</param>
/// <param name="Receiver">A Rally id.</param>
/// <param name="Coin">The coin's symbol.</param>
/// <param name="Amount">What is held.</param>
/// <param name="HeldAt">Since when.</param>
/// <param name="ExpiresAt">From then on it can no longer be posted, and goes back.</param>
/// <param name="State">See <see cref="HoldState"/>.</param>
/// <param name="ResolvedPosition">Of the entry that ended it; null while open.</param>
internal sealed record Hold(
    Guid Id,
    long Position,
    Guid Sender,
    Guid Receiver,
    string Coin,
    Amount Amount,
    DateTimeOffset HeldAt,
    DateTimeOffset ExpiresAt,
    string State,
    long? ResolvedPosition);

/// <summary>The states of a hold, as stored.</summary>
internal static class HoldState
{
    public const string Open = "open";

    public const string Posted = "posted";

    public const string Voided = "voided";

    public const string Expired = "expired";

    /// <summary>What it is in once an entry of this kind has ended it.</summary>
    public static string After(string kind) => kind switch
    {
        TransferKind.Post => Posted,
        TransferKind.Void => Voided,
        _ => Expired,
    };
}
