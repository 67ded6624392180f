using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Ledger.Transfers;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>People who buy, sell, convert, send and hold coins at random, hours apart; the same for the same seed.</summary>
internal sealed class RandomMarket
{
    public const string Linear = "LIN";
    public const string Sigmoid = "SIG";
    public const string Fixed = "FIX";

    private static readonly string[] Coins = [Linear, Sigmoid, Fixed];

    private readonly TestLedger _ledger;
    private readonly Random _random;
    private readonly List<Guid> _holds = [];

    private RandomMarket(TestLedger ledger, int seed) => (_ledger, _random) = (ledger, new Random(seed));

    public List<Guid> People { get; } = [];

    public static async Task<RandomMarket> OpenAsync(TestLedger ledger, int seed = 1)
    {
        var market = new RandomMarket(ledger, seed);
        for (var i = 0; i < 6; i++)
            market.People.Add(Guid.NewGuid());
        var terms = CoinTerms.None with { PaysCreatorFee = true, Genesis = Amount.Coins(1_000), UnlockedAtOnce = Amount.Coins(100) };
        await LaunchAsync(ledger, new(Linear, "On a line", market.People[0]) { Curve = "linear", Terms = terms });
        await LaunchAsync(ledger, new(Sigmoid, "On an S", market.People[1]) { Curve = "sigmoid", Terms = terms });
        await LaunchAsync(ledger, LaunchCoin.Request.Fixed(Fixed, "All there", market.People[2], Amount.Coins(1_000)));
        foreach (var person in market.People)
            await ledger.Inside<IssueRly>().ExecuteAsync(person, Amount.Coins(10_000), "", default);
        return market;
    }

    /// <summary>Does so many things, some of which the ledger refuses.</summary>
    public async Task GoOnAsync(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            if (_random.Next(4) == 0)
                _ledger.Clock.Advance(TimeSpan.FromMinutes(_random.Next(1, 480)));
            var result = await _ledger.Writer.SubmitAsync(await NextAsync(), default);
            Assert.True(result is PostResult.Posted or PostResult.Refused, $"{result}");
        }
    }

    private async Task<LedgerCommand> NextAsync()
    {
        var id = Guid.CreateVersion7(_ledger.Clock.GetUtcNow());
        var (who, other, coin) = (Any(People), Any(People), Any(Coins));
        switch (_random.Next(8))
        {
            case 0 or 1:
                return new BuyCommand(id, who, coin, TradeSize.Rly(new(_random.NextInt64(1, 500_000_000))), null);
            case 2 or 3:
                return new SellCommand(id, who, coin, TradeSize.Coins(new(_random.NextInt64(1, 5_000_000_000))), null);
            case 4:
                return new ConvertCommand(id, who, Linear, Sigmoid, new(_random.NextInt64(1, 1_000_000_000)), null);
            case 5:
                _holds.Add(id);
                return new OpenHold(id, who, other, coin, new(_random.NextInt64(1, 50_000_000)), _ledger.Clock.GetUtcNow().AddDays(1), "", "");
            case 6 when _holds.Count > 0:
                var hold = Any(_holds);
                return _random.Next(2) == 0 ? ResolveHold.Post(id, hold, null) : ResolveHold.Void(id, hold);
            default:
                // Often all of it, so that people stop being holders.
                var from = AccountKey.Of(who, coin);
                var all = (await _ledger.Inside<ReadBalances>().ExecuteAsync(who, default)).Balances.FirstOrDefault(one => one.Coin == coin)?.Amount ?? Amount.Zero;
                var amount = _random.Next(2) == 0 && all > Amount.Zero ? all : new Amount(_random.NextInt64(1, 50_000_000));
                return new PostCommand(new TransferOrder(id, from, AccountKey.Of(other, coin), amount, TransferKind.Transfer, "for you"));
        }
    }

    private T Any<T>(IReadOnlyList<T> some) => some[_random.Next(some.Count)];

    private static async Task LaunchAsync(TestLedger ledger, LaunchCoin.Request request) =>
        Assert.IsType<LaunchCoin.Result.Launched>(await ledger.LaunchCoin.ExecuteAsync(request, default));
}
