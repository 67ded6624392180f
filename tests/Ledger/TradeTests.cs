using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>Buying, selling and converting on the curves, through the writer.</summary>
public sealed class TradeTests
{
    [Theory, EachEngine]
    public async Task A_purchase_moves_rly_into_the_reserve_and_coins_to_the_buyer(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (_, buyer) = await MarketAsync(ledger, rly: 1_000);

        var posted = await DoneAsync(ledger, new BuyCommand(ledger.NewId(), buyer, "PTM", TradeSize.Coins(Amount.Coins(1_000)), null));

        // 2099 b² / 3.2e15 + b / 100 with b = 10^9 minor units, rounded up: 10.655938 RLY.
        Assert.Equal([("buy", "RLY", "10.655938"), ("buy", "PTM", "1000")], posted.Entries.Select(Told));
        Assert.Equal([0, 1], posted.Entries.Select(entry => entry.Link));
        Assert.Equal("989.344062", $"{posted.Entries[0].DebitBalance}");
        await ledger.CheckAsync();
    }

    [Theory, EachEngine]
    public async Task What_is_bought_for_a_sum_costs_no_more_than_it_and_leaves_the_rest(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (_, buyer) = await MarketAsync(ledger, rly: 100);

        var posted = await DoneAsync(ledger, new BuyCommand(ledger.NewId(), buyer, "PTM", TradeSize.Rly(Amount.Coins(100)), null));

        Assert.InRange(posted.Entries[0].Order.Amount.MinorUnits, 99_999_990, 100_000_000);
        Assert.Equal(100_000_000 - posted.Entries[0].Order.Amount.MinorUnits, posted.Entries[0].DebitBalance.MinorUnits);
    }

    [Theory, EachEngine]
    public async Task A_sale_pays_the_seller_and_the_creators_fee(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (creator, seller) = await MarketAsync(ledger, rly: 200_000);
        await DoneAsync(ledger, new BuyCommand(ledger.NewId(), seller, "PTM", TradeSize.Rly(Amount.Coins(100_000)), null));

        var posted = await DoneAsync(ledger, new SellCommand(ledger.NewId(), seller, "PTM", TradeSize.Rly(Amount.Coins(1_000)), null));

        // Rally's example: 1,000 of 100,000 pays 10.
        Assert.Equal(["sell", "sell", "fee"], posted.Entries.Select(entry => entry.Order.Kind));
        Assert.Equal(AccountKey.Of(creator, "RLY"), posted.Entries[2].Order.Credit);
        Assert.InRange(posted.Entries[2].Order.Amount.MinorUnits, 10_000_000, 10_000_002);
        Assert.InRange(posted.Entries[1].Order.Amount.MinorUnits, 990_000_000 - 2, 990_000_002);
        await ledger.CheckAsync();
    }

    [Theory, EachEngine]
    public async Task The_same_trade_again_gets_its_first_answer_whatever_the_price_is(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        PostResult.Posted first;
        BuyCommand command;
        Guid buyer;
        await using (var ledger = await TestLedger.OpenAsync(store.Setting))
        {
            (_, buyer) = await MarketAsync(ledger, rly: 1_000);
            command = new(ledger.NewId(), buyer, "PTM", TradeSize.Rly(Amount.Coins(10)), null);
            first = await DoneAsync(ledger, command);
            await DoneAsync(ledger, new BuyCommand(ledger.NewId(), buyer, "PTM", TradeSize.Rly(Amount.Coins(500)), null));

            Assert.Equal(first.Entries, (await DoneAsync(ledger, command)).Entries);
        }

        await using var later = await TestLedger.OpenAsync(store.Setting);
        var again = await DoneAsync(later, command);
        Assert.Equal((true, 2), (again.Repeated, again.Entries.Count));
        Assert.Equal(first.Entries, again.Entries);
        var other = new BuyCommand(first.Entries[0].Order.Id, buyer, "PTM", TradeSize.Rly(Amount.Coins(11)), null);
        Assert.IsType<PostResult.IdConflict>(await later.Writer.SubmitAsync(other, default));
        Assert.IsType<PostResult.IdConflict>(await later.PostAsync(new TransferOrder(
            first.Entries[1].Order.Id, AccountKey.Of(buyer, "PTM"), AccountKey.Of(Guid.NewGuid(), "PTM"), new(1), TransferKind.Transfer)));
    }

    [Theory, EachEngine]
    public async Task A_conversion_is_one_step_through_both_reserves(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (_, holder) = await MarketAsync(ledger, rly: 1_000);
        await ledger.LaunchOnCurveAsync("OLD", "sigmoid");
        await DoneAsync(ledger, new BuyCommand(ledger.NewId(), holder, "PTM", TradeSize.Coins(Amount.Coins(1_000)), null));

        var posted = await DoneAsync(ledger, new ConvertCommand(ledger.NewId(), holder, "PTM", "OLD", Amount.Coins(500), null));

        Assert.Equal(["sell PTM", "sell RLY", "fee RLY", "buy RLY", "buy OLD"], posted.Entries.Select(entry => $"{entry.Order.Kind} {entry.Order.Coin}"));
        Assert.Equal([0, 1, 2, 3, 4], posted.Entries.Select(entry => entry.Link));
        await ledger.CheckAsync();
        var most = posted.Entries[4].Order.Amount;
        Assert.IsType<PostResult.BeyondBound>(await ledger.Writer.SubmitAsync(
            new ConvertCommand(ledger.NewId(), holder, "PTM", "OLD", Amount.Coins(100), most), default));
    }

    [Theory, EachEngine]
    public async Task A_trade_that_cannot_be_is_refused_with_what_could_be(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (_, trader) = await MarketAsync(ledger, rly: 100);
        await ledger.LaunchAsync("FIX", 10);
        await DoneAsync(ledger, Buy(100));

        Assert.Equal(Amount.Coins(16_000_000 - 100), Assert.IsType<PostResult.SoldOut>(await RefusedAsync(Buy(16_000_000))).Remaining);
        Assert.Equal("RLY", Assert.IsType<PostResult.InsufficientFunds>(await RefusedAsync(Buy(100_000))).Coin);
        Assert.IsType<PostResult.TooSmall>(await RefusedAsync(new BuyCommand(ledger.NewId(), trader, "PTM", TradeSize.Coins(new(1)), null)));
        Assert.IsType<PostResult.NoMarket>(await RefusedAsync(new BuyCommand(ledger.NewId(), trader, "FIX", TradeSize.Coins(new(1)), null)));
        Assert.IsType<PostResult.NoMarket>(await RefusedAsync(new BuyCommand(ledger.NewId(), trader, "RLY", TradeSize.Coins(new(1)), null)));
        Assert.IsType<PostResult.UnknownCoin>(await RefusedAsync(new BuyCommand(ledger.NewId(), trader, "NOPE", TradeSize.Coins(new(1)), null)));
        Assert.Equal(Amount.Coins(100), Assert.IsType<PostResult.TooLarge>(await RefusedAsync(Sell(101))).Most);
        var dear = Assert.IsType<PostResult.BeyondBound>(await RefusedAsync(Buy(100, bound: Amount.Coins(1))));
        Assert.InRange(dear.Amount.MinorUnits, 1_000_001, 1_100_000);
        await DoneAsync(ledger, Buy(100, bound: dear.Amount));
        Assert.IsType<PostResult.BeyondBound>(await RefusedAsync(Sell(100, bound: dear.Amount + new Amount(1))));
        Assert.IsType<PostResult.SameAccount>(await RefusedAsync(new ConvertCommand(ledger.NewId(), trader, "PTM", "PTM", new(1), null)));
        await ledger.CheckAsync();

        BuyCommand Buy(long coins, Amount? bound = null) => new(ledger.NewId(), trader, "PTM", TradeSize.Coins(Amount.Coins(coins)), bound);
        SellCommand Sell(long coins, Amount? bound = null) => new(ledger.NewId(), trader, "PTM", TradeSize.Coins(Amount.Coins(coins)), bound);
        async Task<PostResult> RefusedAsync(LedgerCommand command) =>
            Assert.IsAssignableFrom<PostResult.Refused>(await ledger.Writer.SubmitAsync(command, default));
    }

    [Theory, EachEngine]
    public async Task Purchase_control_caps_and_spaces_purchases_until_it_ends(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchOnCurveAsync("PTM", "linear", CoinTerms.Linear with
        {
            LargestPurchase = Amount.Coins(50),
            BetweenPurchases = TimeSpan.FromMinutes(10),
            PurchaseControlFor = TimeSpan.FromDays(1),
        });
        var buyer = await ledger.FundAsync(100);

        Assert.Equal(Amount.Coins(50), Assert.IsType<PostResult.PurchaseTooLarge>(await BuyAsync(51)).Largest);
        Assert.IsType<PostResult.Posted>(await BuyAsync(50));
        Assert.Equal(ledger.Clock.GetUtcNow().AddMinutes(10).ToUnixTimeMilliseconds(), Assert.IsType<PostResult.PurchaseTooSoon>(await BuyAsync(1)).Next.ToUnixTimeMilliseconds());
        ledger.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.IsType<PostResult.Posted>(await BuyAsync(1));
        ledger.Clock.Advance(TimeSpan.FromDays(1));
        Assert.IsType<PostResult.Posted>(await BuyAsync(51));
        Assert.NotEqual(Guid.Empty, creator);

        Task<PostResult> BuyAsync(long coins) =>
            ledger.Writer.SubmitAsync(new BuyCommand(ledger.NewId(), buyer, "PTM", TradeSize.Coins(Amount.Coins(coins)), null), default);
    }

    private static (string, string, string) Told(JournalEntry entry) => (entry.Order.Kind, entry.Order.Coin, $"{entry.Order.Amount}");

    private static async Task<(Guid Creator, Guid Trader)> MarketAsync(TestLedger ledger, long rly) =>
        (await ledger.LaunchOnCurveAsync("PTM", "linear", CoinTerms.Linear with { FlowBasisPoints = 0, LargestVestedBasisPoints = 10_000 }), await ledger.FundAsync(rly));

    private static async Task<PostResult.Posted> DoneAsync(TestLedger ledger, LedgerCommand command) =>
        Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(command, default));
}
