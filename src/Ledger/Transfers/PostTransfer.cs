using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Spending;

namespace Rally.Ledger.Transfers;

/// <summary>Moves coins from holders to others, once for each id: at once, or pending until they are posted or voided.</summary>
internal sealed class PostTransfer(LedgerWriter ledger, TimeProvider time)
{
    /// <summary>Linked transfers in one request.</summary>
    public const int MostLinked = 100;

    /// <summary>How long a transfer may stay pending.</summary>
    public static readonly TimeSpan LongestPending = TimeSpan.FromDays(30);

    /// <param name="Id">A UUID version 7 that the caller made; the same one again gets the first answer again.</param>
    /// <param name="From">Whose coins; who may is decided before.</param>
    /// <param name="To">Who receives them.</param>
    /// <param name="Coin">The coin's symbol in either case.</param>
    /// <param name="Amount">How much.</param>
    /// <param name="Note">For the one who receives it; may be empty.</param>
    /// <param name="Reference">For the program that sends it; may be empty.</param>
    /// <param name="ExpiresAt">For a pending transfer, when it goes back unless posted; null for one that is final at once.</param>
    public sealed record Request(
        Guid Id, Guid From, Guid To, string Coin, Amount Amount, string Note, string Reference = "", DateTimeOffset? ExpiresAt = null)
    {
        /// <summary>What the sender lets apps know.</summary>
        public SenderChoice Choice { get; init; }
    }

    public abstract record Result
    {
        /// <param name="Entries">As they stand in the log.</param>
        /// <param name="Repeated">They had been posted before; nothing was done now.</param>
        public sealed record Posted(IReadOnlyList<JournalEntry> Entries, bool Repeated) : Result;

        public sealed record Invalid(string Reason) : Result;

        public sealed record InvalidAmount(string Reason) : Result;

        public sealed record Refused(PostResult.Refused Reason) : Result;
    }

    public Task<Result> ExecuteAsync(Request request, CancellationToken stop) => ExecuteAsync([request], stop);

    /// <summary>Posts all of them or none; only a single one can be pending.</summary>
    public async Task<Result> ExecuteAsync(IReadOnlyList<Request> requests, CancellationToken stop)
    {
        if (FaultOf(requests) is { } fault)
            return fault;
        return await ledger.SubmitAsync(CommandFor(requests), stop).ConfigureAwait(false) switch
        {
            PostResult.Posted posted => new Result.Posted(posted.Entries, posted.Repeated),
            PostResult.Refused refused => new Result.Refused(refused),
            var other => throw new UnreachableException($"{other}"),
        };
    }

    /// <returns>Why they can never be posted, whatever the ledger holds; null when nothing is wrong with them.</returns>
    public Result? FaultOf(IReadOnlyList<Request> requests)
    {
        if (requests.Count is 0 or > MostLinked)
            return new Result.Invalid($"Linked transfers are 1 to {MostLinked}.");
        if (requests.DistinctBy(request => request.Id).Count() != requests.Count)
            return new Result.Invalid("Linked transfers have an 'id' each.");
        for (var i = 0; i < requests.Count; i++)
        {
            if (Fault(requests[i], requests.Count == 1 ? "" : $"transfers[{i}]: ") is { } fault)
                return fault;
        }

        return requests.Count > 1 && requests.Any(request => request.ExpiresAt is not null)
            ? new Result.Invalid("Linked transfers cannot be pending.")
            : null;
    }

    /// <summary>What they take from their senders, if nothing is wrong with them.</summary>
    public static IReadOnlyList<Spend> SpendsOf(IReadOnlyList<Request> requests) =>
        [.. requests.Select(request => new Spend(request.Id, request.From, Normal(request.Coin), request.Amount, request.To))];

    private static LedgerCommand CommandFor(IReadOnlyList<Request> requests) =>
        requests is [{ ExpiresAt: { } expiresAt } pending]
            ? new OpenHold(pending.Id, pending.From, pending.To, Normal(pending.Coin), pending.Amount, expiresAt, pending.Note, pending.Reference, pending.Choice)
            : new PostCommand([.. requests.Select(request => new TransferOrder(
                request.Id, AccountKey.Of(request.From, Normal(request.Coin)), AccountKey.Of(request.To, Normal(request.Coin)),
                request.Amount, TransferKind.Transfer, request.Note, request.Reference, request.Choice.Details))]);

    private static string Normal(string coin) => CoinSymbol.TryNormalize(coin, out var symbol) ? symbol : throw new UnreachableException(coin);

    private Result? Fault(Request request, string which)
    {
        if (CallerId.Fault(request.Id, time.GetUtcNow()) is { } fault)
            return new Result.Invalid(which + fault);
        if (request.From == Guid.Empty || request.To == Guid.Empty)
            return new Result.Invalid(which + "'from' and 'to' must not be the empty id.");
        if (!TransferOrder.IsNote(request.Note))
            return new Result.Invalid($"{which}'note' must be one line of at most {TransferOrder.LongestNote} characters.");
        if (!TransferOrder.IsReference(request.Reference))
            return new Result.Invalid($"{which}'reference' must be one line of at most {TransferOrder.LongestReference} characters.");
        if (request.ExpiresAt is { } at && at > time.GetUtcNow() + LongestPending)
            return new Result.Invalid($"{which}'expiresAt' must be at most {LongestPending.Days} days from now.");
        if (request.Amount <= Amount.Zero)
            return new Result.InvalidAmount(which + "The amount must be above zero.");
        return CoinSymbol.TryNormalize(request.Coin, out _) ? null : new Result.Refused(new PostResult.UnknownCoin(request.Coin));
    }
}
