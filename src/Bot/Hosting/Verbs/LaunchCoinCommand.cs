using System.CommandLine;
using System.Diagnostics;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;

namespace Rally.Bot.Hosting.Verbs;

/// <summary>The operator's way to launch a coin for an account of the embedded network.</summary>
internal static class LaunchCoinCommand
{
    private static readonly Argument<string> Symbol = new("symbol") { Description = "2 to 10 letters or digits." };
    private static readonly Option<string> Name = new("--name") { Description = "The coin's name.", Required = true };
    private static readonly Option<string> Creator = new("--creator") { Description = "The Rally id of the creator's account, as its page shows it.", Required = true };
    private static readonly Option<string?> Curve = new("--curve") { Description = "linear, sigmoid or fixed; by default fixed with --supply, else linear." };
    private static readonly Option<string?> Supply = new("--supply") { Description = "With a fixed supply, all there will be: it goes to the creator." };
    private static readonly Option<string?> Image = new("--image") { Description = "The https address of a picture." };
    private static readonly Option<bool> NoRewards = new("--no-rewards") { Description = "Its holders earn no rewards." };
    private static readonly Option<string?> Genesis = new("--genesis") { Description = "Coins granted to the creator beside the curve; by default as usual for the curve." };
    private static readonly Option<string?> UnlockedAtOnce = new("--unlocked-at-once") { Description = "Of the grant, what is the creator's from the start; by default as usual for the curve." };
    private static readonly Option<string?> MonthlyUnlock = new("--monthly-unlock") { Description = "Of the grant, what unlocks every 30 days, such as 3%." };
    private static readonly Option<string?> LargestUnlocked = new("--largest-unlocked") { Description = "What has unlocked of the grant is at most this share of what circulates, such as 30%." };
    private static readonly Option<bool> NoCreatorFee = new("--no-creator-fee") { Description = "The creator earns no fee on sales." };
    private static readonly Option<string?> FlowLimit = new("--flow-limit") { Description = "What one holder may sell and send at once, of what circulates, such as 5%; what was used grows back evenly over 30 days. 0% for no limit." };
    private static readonly Option<string?> LargestPurchase = new("--largest-purchase") { Description = "Purchase control: the most coins in one purchase." };
    private static readonly Option<string?> BetweenPurchases = new("--between-purchases") { Description = "Purchase control: time between one buyer's purchases, such as 10m." };
    private static readonly Option<string?> PurchaseControlFor = new("--purchase-control-for") { Description = "Purchase control: how long it lasts after the launch, such as 7d." };
    private static readonly Option<bool> Anyway = new("--anyway") { Description = "Also for a creator's id that no account here has." };

    public static Command Create(Option<DirectoryInfo?> data, Option<string?> store)
    {
        var command = new Command("launch-coin", "Launch a coin: on a curve, where people buy it for RLY, or with a fixed supply.")
        {
            Symbol, Name, Creator, Anyway, Curve, Supply, Image, NoRewards, Genesis, UnlockedAtOnce, MonthlyUnlock, LargestUnlocked, NoCreatorFee,
            FlowLimit, LargestPurchase, BetweenPurchases, PurchaseControlFor, data, store,
        };
        command.SetAction((parsed, stop) => OperatorVerb.RunAsync(
            HostOverrides.From(parsed.GetValue(data), port: 0, parsed.GetValue(store)), (app, token) => RunAsync(app, parsed, token), stop));
        return command;
    }

    private static async Task RunAsync(WebApplication app, ParseResult parsed, CancellationToken stop)
    {
        var request = RequestOf(parsed);
        var creator = await VerbArguments.AccountAsync("--creator", request.Creator, app, parsed.GetValue(Anyway), stop);
        // Not to be stopped on the way: the coin would be there, and nobody told.
        var result = await RallyHost.OfOwnNetwork<LaunchCoin>(app).ExecuteAsync(request, CancellationToken.None);
        switch (result)
        {
            case LaunchCoin.Result.Launched { Coin: var coin }:
                Console.WriteLine(coin.Supply > Amount.Zero
                    ? $"{coin.Symbol} is launched: {coin.Supply} of it, all with {creator}."
                    : $"{coin.Symbol} is launched on the {coin.Curve} curve: {coin.Terms.Genesis} for {creator}, {coin.Terms.UnlockedAtOnce} of it at once.");
                return;
            case LaunchCoin.Result.AlreadyLaunched taken:
                throw new SettingException(taken.Existing.Creator == Guid.Empty
                    ? $"{taken.Existing.Symbol} is what coins are bought with. Choose another symbol."
                    : $"{taken.Existing.Symbol} was launched before, by {taken.Existing.Creator}. Choose another symbol.");
            case LaunchCoin.Result.Invalid invalid:
                throw new SettingException(invalid.Reason);
            case var other:
                throw new UnreachableException($"{other}");
        }
    }

    private static LaunchCoin.Request RequestOf(ParseResult parsed)
    {
        var supply = Given(parsed, Supply, VerbArguments.Amount);
        var curve = parsed.GetValue(Curve) ?? (supply is null ? "linear" : "fixed");
        var terms = CoinTerms.UsualFor(curve);
        terms = terms with
        {
            Genesis = Given(parsed, Genesis, VerbArguments.Amount) ?? terms.Genesis,
            UnlockedAtOnce = Given(parsed, UnlockedAtOnce, VerbArguments.Amount) ?? terms.UnlockedAtOnce,
            MonthlyUnlockBasisPoints = Given(parsed, MonthlyUnlock, VerbArguments.Share) ?? terms.MonthlyUnlockBasisPoints,
            LargestVestedBasisPoints = Given(parsed, LargestUnlocked, VerbArguments.Share) ?? terms.LargestVestedBasisPoints,
            PaysCreatorFee = terms.PaysCreatorFee && !parsed.GetValue(NoCreatorFee),
            FlowBasisPoints = Given(parsed, FlowLimit, VerbArguments.Share) ?? terms.FlowBasisPoints,
            LargestPurchase = Given(parsed, LargestPurchase, VerbArguments.Amount) ?? terms.LargestPurchase,
            BetweenPurchases = Given(parsed, BetweenPurchases, VerbArguments.Duration) ?? terms.BetweenPurchases,
            PurchaseControlFor = Given(parsed, PurchaseControlFor, VerbArguments.Duration) ?? terms.PurchaseControlFor,
        };
        // A smaller grant than usual must not unlock more than there is of it, unless that is said.
        if (terms.UnlockedAtOnce > terms.Genesis && parsed.GetValue(UnlockedAtOnce) is null)
            terms = terms with { UnlockedAtOnce = terms.Genesis };
        return new(parsed.GetValue(Symbol)!, parsed.GetValue(Name)!, VerbArguments.RallyId("--creator", parsed.GetValue(Creator)!))
        {
            Curve = curve,
            Supply = supply ?? Amount.Zero,
            Image = parsed.GetValue(Image),
            EarnsRewards = !parsed.GetValue(NoRewards),
            Terms = terms,
        };
    }

    private static T? Given<T>(ParseResult parsed, Option<string?> option, Func<string, string, T> read)
        where T : struct =>
        parsed.GetValue(option) is { } text ? read(option.Name, text) : null;
}
