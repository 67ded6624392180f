using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>What a simulated caller asks for: the model reads it, the ledger gets it as a command. Amounts are minor units, times milliseconds.</summary>
internal abstract record Operation
{
    public abstract LedgerCommand ToCommand();

    public sealed record Launch(Guid Id, string Symbol, Guid Creator, string Curve, long Supply, CoinTerms Terms) : Operation
    {
        public override LedgerCommand ToCommand() => new LaunchCommand(
            Id, new Coin(Symbol, $"The coin {Symbol}", Creator, new Amount(Supply), DateTimeOffset.UnixEpoch) { Curve = Curve, Terms = Terms });
    }

    /// <summary>Linked transfers, or a single one.</summary>
    public sealed record Move(params Leg[] Legs) : Operation
    {
        public override LedgerCommand ToCommand() => new PostCommand([.. Legs.Select(leg => new TransferOrder(
            leg.Id, leg.Debit, leg.Credit, new Amount(leg.Amount), leg.Kind, leg.Note, leg.Reference, leg.Details))]);

        public override string ToString() => $"Move {string.Join(" + ", Legs.Select(leg => leg.ToString()))}";
    }

    public sealed record Hold(Guid Id, Guid From, Guid To, string Coin, long Amount, long ExpiresAt, string Note) : Operation
    {
        public override LedgerCommand ToCommand() =>
            new OpenHold(Id, From, To, Coin, new Amount(Amount), DateTimeOffset.FromUnixTimeMilliseconds(ExpiresAt), Note, reference: "");
    }

    /// <param name="Id">Of this.</param>
    /// <param name="HoldId">Which.</param>
    /// <param name="Kind">post, void or expire.</param>
    /// <param name="Amount">To post; null for all.</param>
    public sealed record Resolve(Guid Id, Guid HoldId, string Kind, long? Amount) : Operation
    {
        public override LedgerCommand ToCommand() => Kind switch
        {
            TransferKind.Post => ResolveHold.Post(Id, HoldId, Amount is { } amount ? new Amount(amount) : null),
            TransferKind.Void => ResolveHold.Void(Id, HoldId),
            _ => ResolveHold.Expire(Id, HoldId),
        };
    }

    /// <param name="Side">buy, sell or convert.</param>
    /// <param name="Id">Of its first entry.</param>
    /// <param name="Trader">Who.</param>
    /// <param name="Coin">Which.</param>
    /// <param name="Amount">Of the coin or of RLY.</param>
    /// <param name="InRly">It counts RLY.</param>
    /// <param name="Bound">Null for none.</param>
    /// <param name="To">The coin to get, of a conversion.</param>
    public sealed record Trade(string Side, Guid Id, Guid Trader, string Coin, long Amount, bool InRly, long? Bound, string To = "") : Operation
    {
        public override LedgerCommand ToCommand()
        {
            var size = new TradeSize(new Amount(Amount), InRly);
            Amount? bound = Bound is { } limit ? new Amount(limit) : null;
            return Side switch
            {
                "buy" => new BuyCommand(Id, Trader, Coin, size, bound),
                "sell" => new SellCommand(Id, Trader, Coin, size, bound),
                _ => new ConvertCommand(Id, Trader, Coin, To, size.Amount, bound),
            };
        }
    }

    public sealed record Vest(Guid Id, string Symbol) : Operation
    {
        public override LedgerCommand ToCommand() => new VestCommand(Id, Symbol);
    }

    public sealed record Suspend(string Symbol, bool Stop) : Operation
    {
        public override LedgerCommand ToCommand() => new SuspendCommand(Symbol, Stop);
    }
}

/// <summary>One movement of an operation.</summary>
internal sealed record Leg(
    Guid Id, AccountKey Debit, AccountKey Credit, long Amount, string Kind, string Note = "", string Reference = "", string? Details = null);
