using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>
/// What the ledger should do, as plainly as it can be written: one operation after another, on a state that is copied, with no batches, no
/// caches and no store. Trades, vesting and flow control are in the other part.
/// </summary>
internal static partial class Model
{
    /// <returns>The state after it, and the answer in words as <see cref="Answer.Text(PostResult)"/> writes the ledger's.</returns>
    public static (ModelState State, string Answer) Apply(ModelState state, Operation operation, long now) => operation switch
    {
        Operation.Launch launch => Launch(state, launch, now),
        Operation.Move move => Move(state, move, now),
        Operation.Hold hold => Hold(state, hold, now),
        Operation.Resolve resolve => Resolve(state, resolve, now),
        Operation.Trade trade => Trade(state, trade, now),
        Operation.Vest vest => Vest(state, vest, now),
        Operation.Suspend suspend => Suspend(state, suspend),
        _ => throw new ArgumentException($"{operation}"),
    };

    /// <summary>The id of a further entry of a command: the command's time, and a hash of its id.</summary>
    public static Guid Derived(Guid id, int link)
    {
        if (link == 0)
            return id;
        var input = new byte[20];
        id.ToByteArray(bigEndian: true).CopyTo(input, 0);
        BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(16), link);
        byte[] result = [.. input[..6], .. SHA256.HashData(input)[6..16]];
        result[6] = (byte)(0x70 + (result[6] % 16));
        result[8] = (byte)(0x80 + (result[8] % 64));
        return new Guid(result, bigEndian: true);
    }

    private static (ModelState, string) Launch(ModelState state, Operation.Launch launch, long now)
    {
        if (state.Coins.TryGetValue(launch.Symbol, out var taken))
            return (state, Answer.Exists(taken));
        var coin = new ModelCoin(
            launch.Symbol, $"The coin {launch.Symbol}", launch.Creator, launch.Curve, launch.Supply, launch.Terms, false, state.Log.Count, now);
        var (mint, vesting, creator) = (AccountKey.Mint(coin.Symbol), AccountKey.Vesting(coin.Symbol), AccountKey.Of(coin.Creator, coin.Symbol));
        var legs = new List<Leg>();
        if (launch.Supply > 0)
            legs.Add(new(launch.Id, mint, creator, launch.Supply, "issue"));
        if (launch.Terms.Genesis.MinorUnits > 0)
            legs.Add(new(launch.Id, mint, vesting, launch.Terms.Genesis.MinorUnits, "genesis"));
        if (launch.Terms.UnlockedAtOnce.MinorUnits > 0)
            legs.Add(new(Derived(launch.Id, 1), vesting, creator, launch.Terms.UnlockedAtOnce.MinorUnits, "vest"));
        return (Post(state with { Coins = state.Coins.Add(coin.Symbol, coin) }, now, [.. legs]).State, Answer.Saved(coin));
    }

    private static (ModelState, string) Move(ModelState state, Operation.Move move, long now)
    {
        var known = move.Legs.Where(leg => state.Find(leg.Id) is not null).ToList();
        if (known.Count == 0)
            return Post(state, now, move.Legs);
        var first = known.ConvertAll(leg => state.Find(leg.Id)!);
        foreach (var (leg, entry) in known.Zip(first))
        {
            if (leg != new Leg(entry.Id, entry.Debit, entry.Credit, entry.Amount, entry.Kind, entry.Note, entry.Reference, entry.Details))
                return (state, Answer.Refused(new PostResult.IdConflict(leg.Id)));
        }

        var together = first.Count == move.Legs.Length
            && (state.Log.Count <= first[^1].Position || state.Log[(int)first[^1].Position].Link == 0)
            && first.Select((entry, i) => entry.Link == i && entry.Position == first[0].Position + i).All(fits => fits);
        return (state, together ? Answer.Posted(first, repeated: true) : Answer.Refused(new PostResult.IdConflict(first[0].Id)));
    }

    private static (ModelState, string) Hold(ModelState state, Operation.Hold hold, long now)
    {
        var leg = new Leg(
            hold.Id, AccountKey.Of(hold.From, hold.Coin), AccountKey.Escrow(hold.Coin), hold.Amount, "hold", hold.Note, "",
            $"{{\"receiver\":\"{hold.To:D}\",\"expiresAt\":{hold.ExpiresAt}}}");
        if (state.Find(hold.Id) is not null)
            return Move(state, new Operation.Move(leg), now);
        if (hold.From == hold.To)
            return (state, Answer.Refused(new PostResult.SameAccount()));
        if (hold.ExpiresAt <= now)
            return (state, Answer.Refused(new PostResult.ExpiryPassed(DateTimeOffset.FromUnixTimeMilliseconds(hold.ExpiresAt))));
        var (after, answer) = Post(state, now, [leg], hold.To);
        if (after == state)
            return (state, answer);
        var kept = new ModelHold(
            hold.Id, after.Log[^1].Position, hold.From, hold.To, hold.Coin, hold.Amount, now, hold.ExpiresAt, "open", null);
        return (after with { Holds = after.Holds.Add(hold.Id, kept) }, answer);
    }

    private static (ModelState, string) Resolve(ModelState state, Operation.Resolve resolve, long now)
    {
        var details = $"{{\"hold\":\"{resolve.HoldId:D}\"}}";
        var hold = state.Holds.GetValueOrDefault(resolve.HoldId);
        if (state.Find(resolve.Id) is { } first)
        {
            var same = first.Link == 0 && first.Kind == resolve.Kind && first.Details == details
                && first.Amount == (resolve.Amount ?? hold!.Amount);
            return (state, same ? Answer.Posted(state.CommandOf(first), repeated: true) : Answer.Refused(new PostResult.IdConflict(resolve.Id)));
        }

        if (hold is null)
            return (state, Answer.Refused(new PostResult.UnknownHold(resolve.HoldId)));
        if (hold.State != "open")
            return (state, Answer.Refused(new PostResult.HoldNotOpen(hold.State)));
        var isOver = now >= hold.ExpiresAt;
        if (resolve.Kind == "expire" && !isOver)
            return (state, Answer.Refused(new PostResult.NothingDue()));
        if (resolve.Kind == "post" && isOver)
            return (state, Answer.Refused(new PostResult.HoldNotOpen("expired")));
        var toReceiver = resolve.Kind == "post" ? resolve.Amount ?? hold.Amount : 0;
        if (toReceiver > hold.Amount)
            return (state, Answer.Refused(new PostResult.MoreThanHeld(new Amount(hold.Amount))));

        var escrow = AccountKey.Escrow(hold.Coin);
        var back = hold.Amount - toReceiver;
        var legs = new List<Leg>();
        if (toReceiver > 0)
            legs.Add(new(resolve.Id, escrow, AccountKey.Of(hold.Receiver, hold.Coin), toReceiver, "post", Details: details));
        if (back > 0)
            legs.Add(new(Derived(resolve.Id, legs.Count), escrow, AccountKey.Of(hold.Sender, hold.Coin), back, resolve.Kind == "post" ? "void" : resolve.Kind, Details: details));
        var (after, answer) = Post(state, now, [.. legs]);
        if (after == state)
            return (state, answer);
        var ended = hold with
        {
            State = resolve.Kind == "post" ? "posted" : resolve.Kind == "void" ? "voided" : "expired",
            ResolvedPosition = state.Log.Count + 1,
        };
        after = after with { Holds = after.Holds.SetItem(hold.Id, ended) };
        return (GiveBack(after, hold, back, now), answer);
    }

    private static (ModelState, string) Suspend(ModelState state, Operation.Suspend suspend)
    {
        if (!state.Coins.TryGetValue(suspend.Symbol, out var coin) || coin.Curve == "base")
            return (state, Answer.Refused(new PostResult.UnknownCoin(suspend.Symbol)));
        if (coin.Suspended == suspend.Stop)
            return (state, Answer.Refused(new PostResult.NothingDue()));
        coin = coin with { Suspended = suspend.Stop };
        return (state with { Coins = state.Coins.SetItem(coin.Symbol, coin) }, Answer.Saved(coin));
    }

    private static (ModelState State, string Answer) Post(ModelState before, long now, params Leg[] legs) => Post(before, now, legs, null);

    /// <summary>All of the legs, or none.</summary>
    /// <param name="before">What they find.</param>
    /// <param name="now">Their time.</param>
    /// <param name="legs">In their order.</param>
    /// <param name="receiver">Of a hold; else who is credited receives.</param>
    private static (ModelState State, string Answer) Post(ModelState before, long now, Leg[] legs, Guid? receiver)
    {
        var state = before;
        for (var link = 0; link < legs.Length; link++)
        {
            var leg = legs[link];
            if (before.Find(leg.Id) is not null)
                return (before, Answer.Refused(new PostResult.IdConflict(leg.Id)));
            if (Refusal(state, leg, receiver ?? leg.Credit.Holder, now) is { } refusal)
                return (before, Answer.Refused(refusal));
            state = Enter(state, leg, link, receiver ?? leg.Credit.Holder, now);
        }

        return (state, Answer.Posted([.. state.Log.Skip(before.Log.Count)], repeated: false));
    }

    private static PostResult.Refused? Refusal(ModelState state, Leg leg, Guid? receiver, long now)
    {
        var symbol = leg.Debit.Coin;
        if (leg.Debit == leg.Credit)
            return new PostResult.SameAccount();
        if (!state.Coins.TryGetValue(symbol, out var coin))
            return new PostResult.UnknownCoin(symbol);
        if (coin.Suspended && leg.Kind != "void" && leg.Kind != "expire")
            return new PostResult.CoinSuspended(symbol);
        var (debit, credit) = ((Int128)state.Balance(leg.Debit), (Int128)state.Balance(leg.Credit));
        if (debit < leg.Amount && leg.Debit.Kind != "mint" && leg.Debit.Kind != "bridge")
            return new PostResult.InsufficientFunds(new Amount((long)debit), symbol);
        if (debit - leg.Amount < long.MinValue || credit + leg.Amount > long.MaxValue)
            return new PostResult.BalanceOverflow();
        if (IsLimited(coin, leg, receiver) && leg.Amount > Allowance(state, leg.Debit, now))
            return new PostResult.OverAllowance(new Amount(Allowance(state, leg.Debit, now)));
        return null;
    }

    private static ModelState Enter(ModelState state, Leg leg, int link, Guid? receiver, long now)
    {
        var (debit, credit) = (state.Account(leg.Debit), state.Account(leg.Credit));
        if (IsLimited(state.Coins[leg.Debit.Coin], leg, receiver))
            debit = debit with { FlowUsed = Used(state, leg.Debit, now) + leg.Amount, FlowAt = now };
        debit = debit with { Balance = debit.Balance - leg.Amount };
        credit = credit with { Balance = credit.Balance + leg.Amount };
        var entry = new ModelEntry(
            state.Log.Count + 1, leg.Id, leg.Debit, leg.Credit, leg.Amount, leg.Kind, link, now, debit.Balance, credit.Balance,
            leg.Note, leg.Reference, leg.Details);
        return state with
        {
            Log = state.Log.Add(entry),
            Positions = state.Positions.Add(entry.Id, entry.Position),
            Accounts = state.Accounts.SetItem(leg.Debit, debit).SetItem(leg.Credit, credit),
        };
    }
}
