using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Transfers;

/// <summary>Moves coins from one holder to another, once for each id.</summary>
internal sealed class PostTransfer(LedgerWriter ledger)
{
    /// <param name="Id">A UUID version 7 that the caller made; the same one again gets the first answer again.</param>
    /// <param name="From">Whose coins; who may is decided before.</param>
    /// <param name="To">Who receives them.</param>
    /// <param name="Coin">The coin's symbol in either case.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Note">For the one who receives it; may be empty.</param>
    public sealed record Request(Guid Id, Guid From, Guid To, string Coin, Amount Amount, string Note);

    public abstract record Result
    {
        /// <param name="Entry">As it stands in the log.</param>
        /// <param name="Repeated">It had been posted before; nothing was done now.</param>
        public sealed record Posted(JournalEntry Entry, bool Repeated) : Result;

        public sealed record Invalid(string Reason) : Result;

        public sealed record InvalidAmount(string Reason) : Result;

        public sealed record UnknownCoin(string Symbol) : Result;

        public sealed record SameAccount : Result;

        public sealed record InsufficientFunds(Amount Available) : Result;

        public sealed record IdConflict : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        // Ids in order of time are what keeps the log's index quick; random ones cost most of the rate.
        if (request.Id.Version != 7)
            return new Result.Invalid("'id' must be a UUID of version 7.");
        if (request.From == Guid.Empty || request.To == Guid.Empty)
            return new Result.Invalid("'from' and 'to' must not be the empty id.");
        if (!TransferOrder.IsNote(request.Note))
            return new Result.Invalid($"'note' must be one line of at most {TransferOrder.LongestNote} characters.");
        if (request.Amount <= Amount.Zero)
            return new Result.InvalidAmount("The amount must be above zero.");
        if (!CoinSymbol.TryNormalize(request.Coin, out var coin))
            return new Result.UnknownCoin(request.Coin);

        var order = new TransferOrder(
            request.Id, AccountKey.Of(request.From, coin), AccountKey.Of(request.To, coin), request.Amount, TransferKind.Transfer, request.Note);
        return await ledger.PostAsync([order], stop).ConfigureAwait(false) switch
        {
            PostResult.Posted posted => new Result.Posted(posted.Entries[0], posted.Repeated),
            PostResult.UnknownCoin unknown => new Result.UnknownCoin(unknown.Symbol),
            PostResult.SameAccount => new Result.SameAccount(),
            PostResult.InsufficientFunds tooLittle => new Result.InsufficientFunds(tooLittle.Available),
            PostResult.IdConflict => new Result.IdConflict(),
            // A holder's balance cannot overflow: all of them together are what the mint has issued, which fits.
            var other => throw new UnreachableException($"{other}"),
        };
    }
}
