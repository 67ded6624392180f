using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Escrow;

/// <summary>Lets a receiver take what is pending for them, or decline it; once for each id.</summary>
internal sealed class EndPending(LedgerWriter ledger, TimeProvider time)
{
    /// <param name="Id">A UUID version 7 that the caller made; the same one again gets the first answer again.</param>
    /// <param name="Pending">The id of the pending transfer; whose it is was looked at before.</param>
    /// <param name="Takes">Whether the receiver takes it, or declines.</param>
    /// <param name="Amount">What to take, the rest goes back; null for all of it.</param>
    public sealed record Request(Guid Id, Guid Pending, bool Takes, Amount? Amount);

    public abstract record Result
    {
        /// <param name="Entries">As they stand in the log.</param>
        /// <param name="Repeated">It had been done before; nothing was done now.</param>
        public sealed record Ended(IReadOnlyList<JournalEntry> Entries, bool Repeated) : Result;

        public sealed record Invalid(string Reason) : Result;

        public sealed record InvalidAmount(string Reason) : Result;

        public sealed record Refused(PostResult.Refused Reason) : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        if (CallerId.Fault(request.Id, time.GetUtcNow()) is { } fault)
            return new Result.Invalid(fault);
        if (request.Id == request.Pending)
            return new Result.Invalid("'id' must be a new one, not the pending transfer's.");
        if (request.Amount is { } amount && amount <= Amount.Zero)
            return new Result.InvalidAmount("'amount' must be above zero; leave it out for all that is pending.");
        var command = request.Takes
            ? ResolveHold.Post(request.Id, request.Pending, request.Amount)
            : ResolveHold.Void(request.Id, request.Pending);
        return await ledger.SubmitAsync(command, stop).ConfigureAwait(false) switch
        {
            PostResult.Posted posted => new Result.Ended(posted.Entries, posted.Repeated),
            PostResult.Refused refused => new Result.Refused(refused),
            var other => throw new UnreachableException($"{other}"),
        };
    }
}
