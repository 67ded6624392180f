using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Coins;

/// <summary>Makes a coin whose supply is fixed, and gives all of it to the creator.</summary>
public sealed class LaunchCoin
{
    private const int LongestName = 60;

    private readonly LedgerWriter _ledger;
    private readonly TimeProvider _time;

    internal LaunchCoin(LedgerWriter ledger, TimeProvider time) => (_ledger, _time) = (ledger, time);

    /// <summary>What to launch.</summary>
    /// <param name="Symbol">2 to 10 letters A-Z or digits, in either case.</param>
    /// <param name="Name">1 to 60 characters in one line; spaces around it are dropped.</param>
    /// <param name="Creator">The Rally id that receives the supply.</param>
    /// <param name="Supply">All there will be; above zero.</param>
    public sealed record Request(string Symbol, string Name, Guid Creator, Amount Supply);

    /// <summary>What became of it.</summary>
    public abstract record Result
    {
        private Result()
        {
        }

        /// <summary>The coin is there, durably, and the creator holds the supply.</summary>
        public sealed record Launched(Coin Coin) : Result;

        /// <summary>The symbol is taken; nothing was done.</summary>
        /// <param name="Existing">The coin that has it, whoever launched it.</param>
        public sealed record AlreadyLaunched(Coin Existing) : Result;

        /// <summary>The request cannot be met.</summary>
        /// <param name="Reason">A sentence for the one who asked.</param>
        public sealed record Invalid(string Reason) : Result;
    }

    /// <summary>Launches the coin, or says why not.</summary>
    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!CoinSymbol.TryNormalize(request.Symbol, out var symbol))
            return new Result.Invalid("A coin's symbol is 2 to 10 letters A-Z or digits.");
        var name = request.Name.Trim();
        if (name.Length is 0 or > LongestName || !PlainText.IsPlain(name))
            return new Result.Invalid($"A coin's name is 1 to {LongestName} characters in one line.");
        if (request.Creator == Guid.Empty)
            return new Result.Invalid("A coin needs a creator.");
        if (request.Supply <= Amount.Zero)
            return new Result.Invalid("A coin's supply is above zero.");

        var issue = new TransferOrder(
            Guid.CreateVersion7(_time.GetUtcNow()),
            AccountKey.Mint(symbol),
            AccountKey.Of(request.Creator, symbol),
            request.Supply,
            TransferKind.Issue,
            note: "");
        return await _ledger.LaunchAsync(new CoinLaunch(symbol, name, request.Creator), issue, stop).ConfigureAwait(false) switch
        {
            PostResult.Posted posted => new Result.Launched(
                new Coin(symbol, name, request.Creator, request.Supply, posted.Entries[0].PostedAt)),
            PostResult.CoinExists taken => new Result.AlreadyLaunched(taken.Existing),
            var other => throw new UnreachableException($"{other}"),
        };
    }
}
