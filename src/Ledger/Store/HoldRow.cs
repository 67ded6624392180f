using Rally.Ledger.Amounts;
using Rally.Ledger.Escrow;

namespace Rally.Ledger.Store;

/// <summary>A hold as stored.</summary>
internal class HoldRow
{
    public const string Select =
        "SELECT id, position, sender, receiver, coin, amount, held_at, expires_at, state, resolved_position FROM ledger_hold";

    public Guid Id { get; init; }

    public long Position { get; init; }

    public Guid Sender { get; init; }

    public Guid Receiver { get; init; }

    public string Coin { get; init; } = "";

    public long Amount { get; init; }

    public DateTimeOffset HeldAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public string State { get; init; } = "";

    public long? ResolvedPosition { get; init; }

    public static HoldRow Of(Hold hold) => new()
    {
        Id = hold.Id,
        Position = hold.Position,
        Sender = hold.Sender,
        Receiver = hold.Receiver,
        Coin = hold.Coin,
        Amount = hold.Amount.MinorUnits,
        HeldAt = hold.HeldAt,
        ExpiresAt = hold.ExpiresAt,
        State = hold.State,
        ResolvedPosition = hold.ResolvedPosition,
    };

    public Hold ToHold() => new(
        Id, Position, Sender, Receiver, Coin, new Amount(Amount), HeldAt, ExpiresAt, State, ResolvedPosition);
}
