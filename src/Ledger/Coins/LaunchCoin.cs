using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Curves;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Coins;

/// <summary>Makes a coin: on a curve, where everybody buys it for RLY, or with a fixed supply, all of it the creator's.</summary>
public sealed class LaunchCoin
{
    private const int LongestName = 60;
    private const int LongestImage = 500;

    private readonly LedgerWriter _ledger;
    private readonly TimeProvider _time;

    internal LaunchCoin(LedgerWriter ledger, TimeProvider time) => (_ledger, _time) = (ledger, time);

    /// <summary>What to launch.</summary>
    /// <param name="Symbol">2 to 10 letters A-Z or digits, in either case.</param>
    /// <param name="Name">1 to 60 characters in one line; spaces around it are dropped.</param>
    /// <param name="Creator">The Rally id of the one whose coin it is.</param>
    public sealed record Request(string Symbol, string Name, Guid Creator)
    {
        /// <summary>An https address of a picture; null for none.</summary>
        public string? Image { get; init; }

        /// <summary><c>linear</c>, <c>sigmoid</c> or <c>fixed</c>.</summary>
        public string Curve { get; init; } = CoinCurve.Linear;

        /// <summary>With a fixed supply all there will be, above zero; else nothing.</summary>
        public Amount Supply { get; init; }

        /// <summary>Null for what is usual for the curve.</summary>
        public CoinTerms? Terms { get; init; }

        /// <summary>Whether its holders earn rewards.</summary>
        public bool EarnsRewards { get; init; } = true;

        /// <summary>A coin with a fixed supply.</summary>
        public static Request Fixed(string symbol, string name, Guid creator, Amount supply) =>
            new(symbol, name, creator) { Curve = CoinCurve.Fixed, Supply = supply };
    }

    /// <summary>What became of it.</summary>
    public abstract record Result
    {
        private Result()
        {
        }

        /// <summary>The coin is there, durably, and the creator holds what is theirs from the start.</summary>
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
        var coin = new Coin(symbol, request.Name.Trim(), request.Creator, request.Supply, _time.GetUtcNow())
        {
            Image = request.Image,
            Curve = request.Curve,
            Terms = request.Terms ?? CoinTerms.UsualFor(request.Curve),
            EarnsRewards = request.EarnsRewards,
        };
        if ((Fault(coin) ?? LoopholeIn(coin.Terms)) is { } fault)
            return new Result.Invalid(fault);
        return await _ledger.SubmitAsync(new LaunchCommand(Guid.CreateVersion7(_time.GetUtcNow()), coin), stop).ConfigureAwait(false) switch
        {
            PostResult.CoinSaved saved => new Result.Launched(saved.Coin),
            PostResult.CoinExists taken => new Result.AlreadyLaunched(taken.Existing),
            var other => throw new UnreachableException($"{other}"),
        };
    }

    /// <summary>What is wrong with a coin as it is to be launched, or was, in words; null when nothing is. RLY is none of these.</summary>
    internal static string? Fault(Coin coin)
    {
        var isFixed = coin.Curve == CoinCurve.Fixed;
        if (coin.Name.Length is 0 or > LongestName || !PlainText.IsPlain(coin.Name))
            return $"A coin's name is 1 to {LongestName} characters in one line.";
        if (coin.Image is { } image && !IsImage(image))
            return $"A coin's image is an https address of at most {LongestImage} characters.";
        if (coin.Creator == Guid.Empty)
            return "A coin needs a creator.";
        if (!isFixed && Curve.Named(coin.Curve) is null)
            return $"A coin's curve is {CoinCurve.Linear}, {CoinCurve.Sigmoid} or {CoinCurve.Fixed}, not '{coin.Curve}'.";
        if (isFixed && coin.Supply <= Amount.Zero)
            return "A fixed supply is above zero.";
        if (!isFixed && coin.Supply != Amount.Zero)
            return "A coin on a curve has no fixed supply: it grows as people buy.";
        if (Curve.Named(coin.Curve) is { } curve && coin.Terms.Genesis > curve.MostSold)
            return $"The creator's grant is at most {curve.MostSold} coins, as many as the {coin.Curve} curve has to sell.";
        return TermsFault(coin.Terms, isFixed);
    }

    private static string? TermsFault(CoinTerms terms, bool isFixed)
    {
        if (terms.Genesis < Amount.Zero)
            return "The creator's grant is zero or more.";
        if (terms.UnlockedAtOnce < Amount.Zero || terms.UnlockedAtOnce > terms.Genesis)
            return "What is unlocked at once is a part of the creator's grant.";
        if (terms is not { MonthlyUnlockBasisPoints: >= 0 and <= 10_000, LargestVestedBasisPoints: >= 0 and <= 10_000, FlowBasisPoints: >= 0 and <= 10_000 })
            return "Shares are 0 to 10,000 basis points.";
        if (terms.LargestPurchase < Amount.Zero || terms.BetweenPurchases < TimeSpan.Zero || terms.PurchaseControlFor < TimeSpan.Zero)
            return "Purchase control's cap and times are zero or more.";
        var controlled = terms.LargestPurchase > Amount.Zero || terms.BetweenPurchases > TimeSpan.Zero;
        if (controlled != (terms.PurchaseControlFor > TimeSpan.Zero))
            return "Purchase control needs a cap or a time between purchases, and how long it lasts after the launch.";
        if (terms.BetweenPurchases > terms.PurchaseControlFor || terms.PurchaseControlFor > TimeSpan.FromDays(3_650))
            return "Purchase control lasts at most ten years, and longer than the time between two purchases.";
        return isFixed && terms with { FlowBasisPoints = 0 } != CoinTerms.None
            ? "A fixed supply is the creator's as a whole: of the terms only flow control applies to it."
            : null;
    }

    /// <summary>What terms may no longer leave open. Coins that were launched with it keep their terms, also in an import.</summary>
    private static string? LoopholeIn(CoinTerms terms)
    {
        // The share is looked at once an hour: who buys just before, and sells it all again after, unlocks as much as they like.
        if (terms is { FlowBasisPoints: 0, LargestVestedBasisPoints: > 0 and < 10_000 } && terms.UnlockedAtOnce < terms.Genesis)
            return "A grant that is held to a share of what circulates needs a flow limit: without one, coins bought for an hour unlock it.";
        // One buyer makes any number of purchases a second.
        return terms.LargestPurchase > Amount.Zero && terms.BetweenPurchases == TimeSpan.Zero
            ? "A cap on one purchase needs a time between purchases: without one, a buyer makes many small ones."
            : null;
    }

    private static bool IsImage(string image) =>
        image.Length <= LongestImage && PlainText.IsPlain(image)
        && Uri.TryCreate(image, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps;
}
