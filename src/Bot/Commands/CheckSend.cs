using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Commands;

/// <summary>What sending coins would come to, before the sender is asked; the network decides when they agree.</summary>
internal sealed class CheckSend(Links links, FanHoldings holdings, CoinReads reads)
{
    internal abstract record Result
    {
        /// <param name="Balance">What the sender holds.</param>
        /// <param name="Remaining">What they may still send now; null where nothing limits it.</param>
        internal sealed record Ready(Amount Balance, Amount? Remaining) : Result;

        internal sealed record Refused(SendCoins.Result Why) : Result;
    }

    public async Task<Result> ExecuteAsync(SendCoins.Request request, Coin coin, CancellationToken stop)
    {
        if (await links.FindAsync(request.FromUserId, stop) is not { } from)
            return Refuse(new SendCoins.Result.SenderNotLinked());
        var to = request.ToRallyId ?? (await links.FindAsync(request.ToUserId, stop) is { BrokenAt: null } link ? link.RallyId : null as Guid?);
        if (to is null)
            return Refuse(new SendCoins.Result.RecipientNotLinked());
        if (coin.Suspended)
            return Refuse(new SendCoins.Result.CoinSuspended());
        // Finds out, where the network does not show them, whether the access is gone for good, and with it the roles.
        if (await holdings.ReadAsync(request.FromUserId, stop) is not { } held)
            return Refuse(new SendCoins.Result.ConsentGone());

        var balance = held.Of(coin.Symbol);
        if (balance < request.Amount)
            return Refuse(new SendCoins.Result.TooLittle(balance));
        // What goes to the coin's creator is exempt from flow control.
        var allowance = to == coin.Creator ? null : (await reads.LimitsAsync(from.RallyId, coin.Symbol, stop))?.SellAndSend;
        if (allowance is null)
            return new Result.Ready(balance, null);
        var remaining = RallyClient.Parse(allowance.Remaining);
        return remaining < request.Amount ? Refuse(new SendCoins.Result.OverAllowance(remaining)) : new Result.Ready(balance, remaining);
    }

    private static Result.Refused Refuse(SendCoins.Result why) => new(why);
}
