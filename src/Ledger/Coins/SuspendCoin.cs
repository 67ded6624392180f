using System.Diagnostics;
using Rally.Ledger.Journal;
using Rally.Storage.Changes;

namespace Rally.Ledger.Coins;

/// <summary>The operator's brake: stops everything of a coin but what goes back to a sender, and lets it go on.</summary>
public sealed class SuspendCoin
{
    private readonly LedgerWriter _ledger;
    private readonly Outbox _outbox;

    internal SuspendCoin(LedgerWriter ledger, Outbox outbox) => (_ledger, _outbox) = (ledger, outbox);

    /// <summary>What became of it.</summary>
    public abstract record Result
    {
        private Result()
        {
        }

        /// <summary>It is so now, durably.</summary>
        public sealed record Changed(Coin Coin) : Result;

        /// <summary>It was so before.</summary>
        public sealed record AlreadySo : Result;

        /// <summary>There is no such coin, or it is RLY, which cannot be suspended.</summary>
        public sealed record UnknownCoin : Result;
    }

    /// <param name="symbol">In either case.</param>
    /// <param name="suspended">False to let it go on.</param>
    /// <param name="stop">Ends the waiting.</param>
    public async Task<Result> ExecuteAsync(string symbol, bool suspended, CancellationToken stop)
    {
        if (!CoinSymbol.TryNormalize(symbol, out var normal))
            return new Result.UnknownCoin();
        var result = await _ledger.SubmitAsync(new SuspendCommand(normal, suspended), stop).ConfigureAwait(false);
        _outbox.Announce();
        return result switch
        {
            PostResult.CoinSaved saved => new Result.Changed(saved.Coin),
            PostResult.NothingDue => new Result.AlreadySo(),
            PostResult.UnknownCoin => new Result.UnknownCoin(),
            var other => throw new UnreachableException($"{other}"),
        };
    }
}
