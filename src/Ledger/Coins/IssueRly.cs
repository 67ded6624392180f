using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Coins;

/// <summary>Lets RLY in on the operator's word: from the bridge's account to a holder's; once for each id.</summary>
public sealed class IssueRly
{
    private readonly LedgerWriter _ledger;
    private readonly TimeProvider _time;

    internal IssueRly(LedgerWriter ledger, TimeProvider time) => (_ledger, _time) = (ledger, time);

    /// <summary>All that may be here at once: what there ever was of RLY, 15 billion.</summary>
    public static Amount Most => Amount.Coins(15_000_000_000);

    /// <summary>What became of it.</summary>
    public abstract record Result
    {
        private Result()
        {
        }

        /// <summary>The receiver has it, durably.</summary>
        /// <param name="BalanceAfter">What the receiver had after it.</param>
        /// <param name="Repeated">It had been issued before, under the same id; nothing was done now.</param>
        public sealed record Issued(Amount BalanceAfter, bool Repeated) : Result;

        /// <summary>The id stands in the log with something else; nothing was done.</summary>
        /// <param name="Id">Which.</param>
        public sealed record Conflict(Guid Id) : Result;

        /// <summary>The request cannot be met.</summary>
        /// <param name="Reason">A sentence for the one who asked.</param>
        public sealed record Invalid(string Reason) : Result;
    }

    /// <summary>An id for <see cref="ExecuteAsync"/>: who keeps it can ask again after an answer was lost.</summary>
    public Guid NewId() => Guid.CreateVersion7(_time.GetUtcNow());

    /// <param name="to">The Rally id that receives it.</param>
    /// <param name="amount">Above zero.</param>
    /// <param name="note">For the receiver; may be empty.</param>
    /// <param name="stop">Ends the waiting; whether it was issued, the same id again tells.</param>
    /// <param name="id">A UUID version 7; the same one with the same content gets the first answer again. Null for a new one.</param>
    public async Task<Result> ExecuteAsync(Guid to, Amount amount, string note, CancellationToken stop, Guid? id = null)
    {
        if (id is { Version: not 7 })
            return new Result.Invalid($"The id must be a UUID of version 7, such as {NewId()}.");
        if (to == Guid.Empty)
            return new Result.Invalid("RLY needs somebody to receive it.");
        if (amount <= Amount.Zero)
            return new Result.Invalid("The amount must be above zero.");
        if (!TransferOrder.IsNote(note))
            return new Result.Invalid($"The note must be one line of at most {TransferOrder.LongestNote} characters.");
        var order = new TransferOrder(id ?? NewId(), AccountKey.Bridge, AccountKey.Of(to, CoinSymbol.Rly), amount, TransferKind.Issue, note);
        return await _ledger.SubmitAsync(new Command(order), stop).ConfigureAwait(false) switch
        {
            PostResult.Posted posted => new Result.Issued(posted.Entries[0].CreditBalance, posted.Repeated),
            PostResult.IdConflict conflict => new Result.Conflict(conflict.TransferId),
            PostResult.TooLarge tooLarge => new Result.Invalid($"Of {Most} RLY in all, {tooLarge.Most} are left to issue."),
            var other => throw new UnreachableException($"{other}"),
        };
    }

    private sealed class Command(TransferOrder order) : LedgerCommand
    {
        private readonly PostCommand _post = new(order);

        public override int MostEntries => 1;

        public override void Name(Needs needs) => _post.Name(needs);

        public override PostResult Apply(Batch batch)
        {
            var left = Most + batch.BalanceOf(AccountKey.Bridge);
            return order.Amount > left && batch.FindEntry(order.Id) is null ? new PostResult.TooLarge(left) : _post.Apply(batch);
        }
    }
}
