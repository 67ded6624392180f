using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Api;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Prices;

namespace Rally.Ledger.Transfers;

/// <summary>Transfers that a program asks for and their sender agrees to later: what they come to, and their posting, once.</summary>
public sealed class RequestedTransfers
{
    private readonly PostTransfer _post;
    private readonly ReadCoinFigures _coins;
    private readonly UsdPrice _usd;
    private readonly TimeProvider _time;

    internal RequestedTransfers(PostTransfer post, ReadCoinFigures coins, UsdPrice usd, TimeProvider time) =>
        (_post, _coins, _usd, _time) = (post, coins, usd, time);

    /// <param name="From">The sender.</param>
    /// <param name="To">The receiver; null for the coin's creator.</param>
    /// <param name="Coin">The coin's symbol in either case.</param>
    /// <param name="Amount">A plain decimal number: of coins, or of US dollars.</param>
    /// <param name="IsInUsd">Which.</param>
    /// <param name="Note">As <c>POST /transfers</c> takes it; may be empty.</param>
    /// <param name="Reference">The same.</param>
    /// <param name="ShowsUserName">The same.</param>
    /// <param name="ShowsMemo">The same.</param>
    public sealed record Wish(
        Guid From, Guid? To, string Coin, string Amount, bool IsInUsd, string Note, string Reference, bool ShowsUserName = false, bool ShowsMemo = false);

    /// <summary>What a wish comes to.</summary>
    public abstract record Result
    {
        private Result()
        {
        }

        /// <param name="To">The receiver.</param>
        /// <param name="Coin">In upper case.</param>
        /// <param name="Amount">Of the coin; of dollars, what they are worth now, rounded down.</param>
        public sealed record Planned(Guid To, string Coin, Amount Amount) : Result;

        /// <param name="Type">As in the API's refusals, without their prefix.</param>
        /// <param name="Reason">A sentence.</param>
        public sealed record Refused(string Type, string Reason) : Result;
    }

    /// <summary>What this would come to now.</summary>
    public async Task<Result> PlanAsync(Wish wish, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (!CoinSymbol.TryNormalize(wish.Coin, out var symbol) || await _coins.FindAsync(symbol, stop).ConfigureAwait(false) is not { } figures)
            return new Result.Refused("unknown-coin", $"No coin has the symbol '{wish.Coin}'.");
        if (figures.Coin.IsSuspended)
            return new Result.Refused("coin-suspended", $"{symbol} is suspended by the operator; nothing of it moves until that ends.");
        var to = wish.To ?? figures.Coin.Creator;
        if (to == Guid.Empty)
            return new Result.Refused("no-creator", $"{symbol} has no creator to donate to: name a receiver.");
        if (to == wish.From)
            return new Result.Refused("same-account", "Sender and receiver are the same.");
        if (!TransferOrder.IsNote(wish.Note))
            return new Result.Refused("invalid-request", $"The note must be one line of at most {TransferOrder.LongestNote} characters.");
        if (!TransferOrder.IsReference(wish.Reference))
            return new Result.Refused("invalid-request", $"The reference must be one line of at most {TransferOrder.LongestReference} characters.");
        if (!Amount.TryParse(wish.Amount, out var asked) || asked <= Amount.Zero)
            return new Result.Refused("invalid-amount", Problems.AmountRule("amount").TrimEnd('.') + ", above zero.");
        if (!wish.IsInUsd)
            return new Result.Planned(to, symbol, asked);
        if (_usd.Current is not { IsStale: false } now || figures.Price is not { } price || price <= Amount.Zero)
            return new Result.Refused("no-usd-price", $"There is no price of {symbol} in US dollars that is not too old: ask for a number of coins.");
        return CoinsFor(asked, price, now.Rate) is { } coins && coins > Amount.Zero
            ? new Result.Planned(to, symbol, coins)
            : new Result.Refused("invalid-amount", $"That is no amount of {symbol} that can be sent: less than a millionth of a coin, or more than fits.");
    }

    /// <summary>What the sender may sell and send of the coin now; null where flow control does not ask.</summary>
    public async Task<Amount?> LeftAsync(Guid from, Guid to, string coin, CancellationToken stop) =>
        (await _coins.FindAsync([coin], from, stop).ConfigureAwait(false)).GetValueOrDefault(coin) is { } found && found.Figures.Coin.Creator != to
            ? HolderLimits.Of(found.Figures, found.Holder, _time.GetUtcNow()).SellAndSend?.Remaining
            : null;

    /// <summary>The id under which a request's transfer is posted.</summary>
    public static Guid TransferIdOf(Guid request) => DerivedId.Of(request, 1);

    /// <summary>Posts what was planned under an id derived from the request's, so that a repeat finds it posted.</summary>
    /// <returns>Null when it is posted; else why not.</returns>
    public async Task<string?> SendAsync(Guid request, Wish wish, Result.Planned planned, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(wish);
        ArgumentNullException.ThrowIfNull(planned);
        var result = await _post.ExecuteAsync(
            new PostTransfer.Request(TransferIdOf(request), wish.From, planned.To, planned.Coin, planned.Amount, wish.Note, wish.Reference)
            {
                Choice = new(wish.ShowsUserName, wish.ShowsMemo),
            }, stop).ConfigureAwait(false);
        return result switch
        {
            PostTransfer.Result.Posted => null,
            PostTransfer.Result.Refused refused => Problems.For(refused.Reason).ProblemDetails.Detail,
            PostTransfer.Result.Invalid invalid => invalid.Reason,
            PostTransfer.Result.InvalidAmount invalid => invalid.Reason,
            var other => throw new UnreachableException($"{other}"),
        };
    }

    /// <summary>
    /// Dollars (10^-6) through the price of RLY (10^-9 dollars) and the coin's (10^-6 RLY) to coins (10^-6), rounded down once:
    /// nobody sends more than was asked for.
    /// </summary>
    internal static Amount? CoinsFor(Amount usd, Amount price, UsdRate rate)
    {
        var coins = (Int128)usd.MinorUnits * 1_000_000_000_000_000 / ((Int128)price.MinorUnits * rate.NanoUsd);
        return coins <= long.MaxValue ? new Amount((long)coins) : null;
    }
}
