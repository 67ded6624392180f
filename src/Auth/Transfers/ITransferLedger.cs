namespace Rally.Auth.Transfers;

/// <summary>
/// The ledger, as far as it is needed for transfers that an app asks for and a person agrees to, then or beforehand. Whoever hosts both registers
/// one; without it there are no such transfers. Amounts are decimal numbers with at most six digits after the point.
/// </summary>
public interface ITransferLedger
{
    /// <summary>What a wish would come to now.</summary>
    Task<TransferPlan> PlanAsync(TransferWish wish, CancellationToken stop);

    /// <summary>What an account may sell and send of a coin now; null for a coin without flow control, and for its creator as receiver.</summary>
    Task<string?> LeftAsync(Guid from, Guid to, string coin, CancellationToken stop);

    /// <summary>What posting a request takes from its sender, for the limits of apps.</summary>
    /// <param name="request">The request's id.</param>
    /// <param name="wish">With its receiver, in coins.</param>
    /// <returns>The id that it is posted under, and how much of the coin in minor units of 10^-6.</returns>
    (Guid TransferId, long MinorUnits) SpendOf(Guid request, TransferWish wish);

    /// <summary>Posts a transfer once: the same request again finds what was posted.</summary>
    /// <param name="request">The request's id, which the transfer's is derived from.</param>
    /// <param name="wish">With its receiver, in coins.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>Null when it is posted; else why it was refused, in a sentence, and nothing is posted.</returns>
    Task<string?> SendAsync(Guid request, TransferWish wish, CancellationToken stop);
}

/// <summary>What somebody's app would send.</summary>
/// <param name="From">The sender's Rally id.</param>
/// <param name="To">The receiver's; null for the coin's creator.</param>
/// <param name="Coin">The coin's symbol, in either case until it is planned.</param>
/// <param name="Amount">How much of the coin, or dollars' worth of it.</param>
/// <param name="IsInUsd">Whether the amount is in US dollars.</param>
/// <param name="Note">For the receiver; may be empty.</param>
/// <param name="Reference">For the app; may be empty.</param>
/// <param name="ShowsUserName">Whether apps that the coin's creator has approved are told the sender's name.</param>
/// <param name="ShowsMemo">Whether they are told the note and the reference.</param>
public sealed record TransferWish(
    Guid From, Guid? To, string Coin, string Amount, bool IsInUsd, string Note, string Reference, bool ShowsUserName = false, bool ShowsMemo = false);

/// <summary>What became of a wish.</summary>
public abstract record TransferPlan
{
    private TransferPlan()
    {
    }

    /// <summary>It could be sent.</summary>
    /// <param name="Wish">With its receiver, in coins.</param>
    /// <param name="To">The receiver.</param>
    public sealed record Ready(TransferWish Wish, Guid To) : TransferPlan;

    /// <summary>It could not.</summary>
    /// <param name="Type">For programs.</param>
    /// <param name="Reason">A sentence.</param>
    public sealed record Refused(string Type, string Reason) : TransferPlan;
}
