using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>What many callers ask for, at random: mostly what could be done, often just not, and now and then what nobody should. Ids, people and amounts are in the other part.</summary>
internal sealed partial class Workload
{
    private static readonly string[] Symbols = ["RLY", "PTM", "KSK", "ALLIE", "FIX", "NEW", "NONE"];

    private readonly Random _random;
    private readonly Guid[] _people;
    private readonly bool _isCalm;
    private readonly List<Operation> _sent = [];
    private readonly List<Guid> _holds = [];
    private readonly List<Guid> _taken = [];
    private readonly Queue<Operation> _soon = [];
    private ModelState _state = ModelState.Empty;
    private long _now;
    private long _lastIdTime;

    public Workload(Random random)
    {
        _random = random;
        _isCalm = Chance(40);
        _people = [.. Enumerable.Range(0, random.Next(2, _isCalm ? 4 : 9)).Select(_ => AnyGuid())];
    }

    /// <summary>RLY for everybody, and coins to begin with.</summary>
    public IReadOnlyList<Operation> First(ModelState state, long now)
    {
        (_state, _now) = (state, now);
        return [.. _people.Select(Issue), Launch(), Launch(), Launch()];
    }

    public IReadOnlyList<Operation> Next(ModelState state, long now)
    {
        (_state, _now) = (state, now);
        var most = Chance(10) ? 60 : 12;
        var operations = new Operation[_random.Next(1, most)];
        for (var i = 0; i < operations.Length; i++)
        {
            operations[i] = _soon.Count > 0 && Chance(40) ? _soon.Dequeue() : Any();
            _sent.Add(operations[i]);
        }

        return operations;
    }

    private Operation Any() => _isCalm ? Usual() : Unusual();

    /// <summary>What a day is made of, with ids by the time: most of it the writer can decide without a look at the store.</summary>
    private Operation Usual() => _random.Next(200) switch
    {
        < 100 => new Operation.Move(Transfer(NewId())),
        < 130 => new Operation.Move([.. Enumerable.Range(0, _random.Next(2, 6)).Select(_ => Transfer(NewId())).DistinctBy(leg => leg.Id)]),
        < 160 => Buy(),
        < 180 => Sell(),
        < 190 => Convert(),
        < 199 => Hold(),
        _ => Unusual(),
    };

    private Operation Unusual() => _random.Next(100) switch
    {
        < 3 => Launch(),
        < 8 => Issue(Person()),
        < 24 => new Operation.Move(Transfer(NewId())),
        < 29 => new Operation.Move([.. Enumerable.Range(0, _random.Next(2, 6)).Select(_ => Transfer(NewId())).DistinctBy(leg => leg.Id)]),
        < 38 => Hold(),
        < 49 => Resolve(),
        < 64 => Buy(),
        < 74 => Sell(),
        < 80 => Convert(),
        < 84 => new Operation.Vest(CleanId(), Symbol()),
        < 87 => Suspend(),
        < 95 => Again() ?? Buy(),
        < 98 => Altered() ?? Sell(),
        _ => Squat(),
    };

    private Operation.Launch Launch()
    {
        var curve = Pick("linear", "linear", "sigmoid", "fixed");
        var genesis = curve == "fixed" || Chance(20) ? 0 : AnyUpTo(curve == "sigmoid" ? 160_000_000_000 : 5_000_000_000_000);
        var controlled = curve != "fixed" && Chance(40);
        var terms = CoinTerms.None with
        {
            FlowBasisPoints = Pick(0L, 500, 500, 2_500, 10_000),
            Genesis = new Amount(genesis),
            UnlockedAtOnce = new Amount(genesis > 0 && Chance(60) ? AnyUpTo(genesis) : 0),
            MonthlyUnlockBasisPoints = curve == "fixed" ? 0 : Pick(0L, 300, 1_000, 10_000),
            LargestVestedBasisPoints = curve == "fixed" ? 0 : Pick(0L, 3_000, 9_999, 10_000),
            LargestPurchase = new Amount(controlled && Chance(70) ? AnyUpTo(1_000_000_000_000) : 0),
            BetweenPurchases = controlled ? TimeSpan.FromMilliseconds(AnyUpTo(Model.Month / 10)) : TimeSpan.Zero,
            PurchaseControlFor = controlled ? TimeSpan.FromMilliseconds((Model.Month / 10) + AnyUpTo(Model.Month)) : TimeSpan.Zero,
            PaysCreatorFee = curve != "fixed" && Chance(70),
        };
        return new(CleanId(), Symbols[_random.Next(1, Symbols.Length - 1)], Person(), curve, curve == "fixed" ? AnyUpTo(1_000_000_000_000) : 0, terms);
    }

    private Operation.Move Issue(Guid to) => new(new Leg(
        NewId(), AccountKey.Bridge, AccountKey.Of(to, "RLY"), Chance(4) ? 8_000_000_000_000_000_000 : AnyUpTo(1_000_000_000_000_000), "issue"));

    private Leg Transfer(Guid id)
    {
        var (from, coin) = Holding(Symbol);
        return new(
            id, AccountKey.Of(from, coin), AccountKey.Of(Other(from), coin), Near(_state.Balance(AccountKey.Of(from, coin))), "transfer",
            Chance(20) ? $"für {_random.Next(99)} 🎉" : "", Chance(20) ? $"order {_random.Next(99)}" : "");
    }

    private Operation.Hold Hold()
    {
        var (from, coin) = Holding(Symbol);
        var hold = new Operation.Hold(
            NewId(), from, Other(from), coin, Near(_state.Balance(AccountKey.Of(from, coin))),
            _now - 3_600_000 + AnyUpTo(Model.Month), Chance(20) ? "held" : "");
        _holds.Add(hold.Id);
        return hold;
    }

    private Operation.Resolve Resolve()
    {
        var hold = AnyGuid();
        for (var tries = 0; tries < 4 && _holds.Count > 0 && !_state.Holds.ContainsKey(hold); tries++)
            hold = _holds[^(1 + _random.Next(Math.Min(_holds.Count, 12)))];
        var kind = Pick("post", "post", "void", "expire");
        var held = _state.Holds.GetValueOrDefault(hold)?.Amount ?? 1_000_000;
        var resolve = new Operation.Resolve(NewId(), hold, kind, kind == "post" && Chance(60) ? Near(held) : null);
        if (resolve.Amount is not null && Chance(20))
            _soon.Enqueue(Chance(60) ? resolve with { Amount = null } : new(Model.Derived(resolve.Id, 1), hold, "void", null));
        return resolve;
    }

    private Operation.Trade Buy()
    {
        var (trader, symbol, inRly) = (Person(), Market(), Chance(50));
        var amount = inRly ? Near(_state.Balance(AccountKey.Of(trader, "RLY"))) : AnyUpTo(Chance(20) ? 16_000_000_000_001 : 10_000_000_000);
        long? bound = Chance(60) ? null : AnyUpTo(1_000_000_000_000);
        if (bound is not null && !inRly && _state.Coins.TryGetValue(symbol, out var coin) && coin.Curve is "linear" or "sigmoid")
        {
            var sold = Model.Sold(_state, _state.Coins[symbol]);
            if (sold + amount <= Model.MostSold(_state.Coins[symbol].Curve))
                bound = Beside(Model.Reserve(coin.Curve, sold + amount) - Model.Reserve(coin.Curve, sold));
        }

        return new("buy", NewId(), trader, symbol, amount, inRly, bound);
    }

    private Operation.Trade Sell()
    {
        var ((trader, symbol), inRly) = (Holding(Market), Chance(30));
        var amount = inRly
            ? Near(_state.Balance(AccountKey.Reserve(symbol)))
            : Near(Sellable(trader, symbol));
        return new("sell", NewId(), trader, symbol, amount, inRly, Chance(70) ? null : AnyUpTo(1_000_000_000));
    }

    private Operation.Trade Convert()
    {
        var (trader, symbol) = Holding(Market);
        return new(
            "convert", NewId(), trader, symbol, Near(Sellable(trader, symbol)), InRly: false, Chance(70) ? null : AnyUpTo(1_000_000_000), Market());
    }

    // Flow control lets five in a hundred through: so much, often.
    private long Sellable(Guid trader, string symbol)
    {
        var balance = _state.Balance(AccountKey.Of(trader, symbol));
        return Chance(50) ? balance : Math.Min(balance, _state.Circulating(symbol) / 25);
    }

    private Operation.Suspend Suspend()
    {
        var symbol = _state.Coins.Values.Where(coin => coin.Suspended).Select(coin => coin.Symbol).Order().FirstOrDefault();
        return symbol is not null && Chance(80) ? new(symbol, Stop: false) : new(Symbol(), Stop: Chance(80));
    }

    private Operation? Again() => _sent.Count == 0 ? null : Sent() switch
    {
        // The ledger makes the ids of these, each time another.
        Operation.Vest or Operation.Launch => null,
        var sent => sent,
    };

    private Operation? Altered() => _sent.Count == 0 ? null : Sent() switch
    {
        Operation.Move move => new Operation.Move([.. move.Legs.Select((leg, i) => i > 0 ? leg : _random.Next(4) switch
        {
            0 => leg with { Amount = leg.Amount + 1 },
            1 => leg with { Note = leg.Note + "!" },
            2 => leg with { Reference = leg.Reference + "!" },
            _ => leg with { Credit = AccountKey.Of(Person(), leg.Credit.Coin) },
        }), .. Chance(30) ? new[] { Transfer(CleanId()) } : []]),
        Operation.Hold hold => Chance(50) ? hold with { Amount = hold.Amount + 1 } : hold with { ExpiresAt = hold.ExpiresAt + 1 },
        Operation.Resolve resolve => resolve.Kind == "post" && Chance(60)
            ? resolve with { Amount = resolve.Amount is { } amount && Chance(60) ? amount + 1 : null }
            : resolve with { Kind = Pick("post", "void", "expire"), Amount = null },
        Operation.Trade trade => _random.Next(3) switch
        {
            0 => trade with { Amount = trade.Amount + 1 },
            1 => trade with { Bound = trade.Bound is null ? 1 : null },
            _ => trade with { Side = trade.Side == "buy" ? "sell" : "buy", To = "" },
        },
        _ => null,
    };

    /// <summary>Takes the id that a further entry of a command has, will have, or would have if there were one more.</summary>
    private Operation.Move Squat()
    {
        if (_sent.LastOrDefault(sent => sent is Operation.Trade trade && _state.Find(trade.Id) is not null) is Operation.Trade posted && Chance(50))
        {
            _soon.Enqueue(posted);
            return new(Transfer(Model.Derived(posted.Id, _state.CommandOf(_state.Find(posted.Id)!).Count)));
        }

        var id = _sent.Count > 0 && Chance(40) ? IdOf(Sent()) ?? CleanId() : CleanId();
        _taken.Add(id);
        return new(Transfer(Model.Derived(id, _random.Next(1, 5))));
    }

    private static Guid? IdOf(Operation operation) => operation switch
    {
        Operation.Move move => move.Legs[0].Id,
        Operation.Hold hold => hold.Id,
        Operation.Resolve resolve => resolve.Id,
        Operation.Trade trade => trade.Id,
        _ => null,
    };
}
