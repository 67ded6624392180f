using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>What a coin's terms grant and limit.</summary>
public sealed class TermsTests
{
    [Theory, EachEngine]
    public async Task A_grant_unlocks_at_once_then_monthly_and_never_beyond_its_share(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchOnCurveAsync("PTM", "linear");
        var buyer = await ledger.FundAsync(100_000_000);
        Assert.Equal(Amount.Coins(50_000), await BalanceAsync());

        ledger.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(0, await ReleaseAsync()); // nothing was bought: 50,000 is more than 30 % already
        await BuyAsync(350_000);
        Assert.Equal(1, await ReleaseAsync());
        // v <= 0.3 (350,000 + v): 150,000; the calendar would allow 50,000 + 3 % of 5,000,000 = 200,000.
        Assert.Equal(Amount.Coins(150_000), await BalanceAsync());
        await BuyAsync(5_000_000);
        Assert.Equal(1, await ReleaseAsync());
        Assert.Equal(Amount.Coins(200_000), await BalanceAsync());
        Assert.Equal(0, await ReleaseAsync());
        ledger.Clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal(0, await ReleaseAsync());
        ledger.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await ReleaseAsync());
        Assert.Equal(Amount.Coins(350_000), await BalanceAsync());
        await ledger.CheckAsync();

        Task<int> ReleaseAsync() => ledger.Services.GetRequiredService<ReleaseVested>().ExecuteAsync(default);
        async Task BuyAsync(long coins) => Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(
            new BuyCommand(ledger.NewId(), buyer, "PTM", TradeSize.Coins(Amount.Coins(coins)), null), default));
        async Task<Amount> BalanceAsync() => (await ledger.BalancesAsync(creator))["PTM"];
    }

    [Theory, EachEngine]
    public async Task Flow_control_limits_selling_and_sending_and_grows_back(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var holder = await ledger.LaunchLimitedAsync("PTM", 1_000, CoinTerms.None with { FlowBasisPoints = 500 });
        await ledger.PostedAsync(ledger.Order(holder, Guid.NewGuid(), 50));

        Assert.Equal(Amount.Zero, await RemainingAsync());
        ledger.Clock.Advance(TimeSpan.FromDays(15));
        Assert.Equal(Amount.Coins(25), await RemainingAsync());
        await ledger.PostedAsync(ledger.Order(holder, Guid.NewGuid(), 20));
        ledger.Clock.Advance(TimeSpan.FromDays(15));
        Assert.Equal(Amount.Coins(30), await RemainingAsync());
        ledger.Clock.Advance(TimeSpan.FromDays(30));
        Assert.Equal(Amount.Coins(50), await RemainingAsync());

        async Task<Amount> RemainingAsync() => Assert.IsType<PostResult.OverAllowance>(
            await ledger.PostAsync(ledger.Order(holder, Guid.NewGuid(), 51))).Remaining;
    }

    [Theory, EachEngine]
    public async Task Sending_to_the_creator_is_free_of_the_limit(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchLimitedAsync("PTM", 1_000, CoinTerms.None with { FlowBasisPoints = 1_000 });
        var fan = Guid.NewGuid();
        await ledger.PostedAsync(ledger.Order(creator, fan, 100));

        Assert.IsType<PostResult.OverAllowance>(await ledger.PostAsync(ledger.Order(creator, fan, 1)));
        await ledger.PostedAsync(ledger.Order(fan, Guid.NewGuid(), 60));
        await ledger.PostedAsync(ledger.Order(fan, creator, 40));
        ledger.Clock.Advance(TimeSpan.FromDays(30));
        await ledger.PostedAsync(ledger.Order(creator, fan, 90));
        await ledger.PostedAsync(ledger.Order(fan, creator, 90));
        Assert.IsType<PostResult.InsufficientFunds>(await ledger.PostAsync(ledger.Order(fan, creator, 1)));
    }

    [Theory, EachEngine]
    public async Task A_suspended_coin_stands_still_until_it_is_resumed(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var holder = await ledger.LaunchAsync("PTM", 1_000);
        var suspend = ledger.Services.GetRequiredService<SuspendCoin>();

        Assert.True(Assert.IsType<SuspendCoin.Result.Changed>(await suspend.ExecuteAsync("ptm", true, default)).Coin.IsSuspended);
        Assert.IsType<SuspendCoin.Result.AlreadySo>(await suspend.ExecuteAsync("PTM", true, default));
        Assert.IsType<PostResult.CoinSuspended>(await ledger.PostAsync(ledger.Order(holder, Guid.NewGuid(), 1)));
        Assert.IsType<SuspendCoin.Result.Changed>(await suspend.ExecuteAsync("PTM", false, default));
        await ledger.PostedAsync(ledger.Order(holder, Guid.NewGuid(), 1));
        Assert.IsType<SuspendCoin.Result.UnknownCoin>(await suspend.ExecuteAsync("RLY", true, default));
        Assert.IsType<SuspendCoin.Result.UnknownCoin>(await suspend.ExecuteAsync("NOPE", true, default));
    }

    [PostgresFact]
    public async Task A_coin_suspended_by_one_process_is_suspended_for_the_other()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        await using var one = await TestLedger.OpenAsync(store.Setting);
        await using var other = await TestLedger.OpenAsync(store.Setting);
        var holder = await one.LaunchAsync("PTM", 1_000);
        await other.PostedAsync(other.Order(holder, Guid.NewGuid(), 1));

        await one.Services.GetRequiredService<SuspendCoin>().ExecuteAsync("PTM", true, default);

        Assert.IsType<PostResult.CoinSuspended>(await other.PostAsync(other.Order(holder, Guid.NewGuid(), 1)));
    }

    [Fact]
    public async Task Rly_is_issued_up_to_all_there_ever_was()
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);
        var issue = ledger.Services.GetRequiredService<IssueRly>();
        var holder = Guid.NewGuid();

        Assert.Equal(Amount.Coins(14_999_999_999), Assert.IsType<IssueRly.Result.Issued>(
            await issue.ExecuteAsync(holder, Amount.Coins(14_999_999_999), "", default)).BalanceAfter);
        Assert.Contains("1 are left", Assert.IsType<IssueRly.Result.Invalid>(
            await issue.ExecuteAsync(holder, Amount.Coins(2), "", default)).Reason, StringComparison.Ordinal);
        Assert.IsType<IssueRly.Result.Invalid>(await issue.ExecuteAsync(holder, Amount.Zero, "", default));
        Assert.IsType<IssueRly.Result.Invalid>(await issue.ExecuteAsync(Guid.Empty, new(1), "", default));
        await ledger.CheckAsync();
    }

    [Theory, EachEngine]
    public async Task Rly_is_issued_once_for_each_id(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        var (holder, other) = (Guid.NewGuid(), Guid.NewGuid());
        Guid id;
        await using (var before = await TestLedger.OpenAsync(store.Setting))
        {
            var issue = before.Inside<IssueRly>();
            id = issue.NewId();
            Assert.Equal(new IssueRly.Result.Issued(Amount.Coins(10), Repeated: false), await issue.ExecuteAsync(holder, Amount.Coins(10), "welcome", default, id));
            await issue.ExecuteAsync(holder, IssueRly.Most - Amount.Coins(10), "all the rest", default);
            Assert.Equal(new IssueRly.Result.Issued(Amount.Coins(10), Repeated: true), await issue.ExecuteAsync(holder, Amount.Coins(10), "welcome", default, id));
        }

        await using var ledger = await TestLedger.OpenAsync(store.Setting);
        var again = ledger.Inside<IssueRly>();
        Assert.Equal(new IssueRly.Result.Issued(Amount.Coins(10), Repeated: true), await again.ExecuteAsync(holder, Amount.Coins(10), "welcome", default, id));
        Assert.Equal(new IssueRly.Result.Conflict(id), await again.ExecuteAsync(holder, Amount.Coins(11), "welcome", default, id));
        Assert.Equal(new IssueRly.Result.Conflict(id), await again.ExecuteAsync(holder, Amount.Coins(10), "", default, id));
        Assert.Equal(new IssueRly.Result.Conflict(id), await again.ExecuteAsync(other, Amount.Coins(10), "welcome", default, id));
        Assert.Contains("version 7", Assert.IsType<IssueRly.Result.Invalid>(
            await again.ExecuteAsync(holder, Amount.Coins(10), "welcome", default, Guid.NewGuid())).Reason, StringComparison.Ordinal);
        Assert.Equal(2, await ledger.CheckAsync());
    }

    [Theory]
    [InlineData("linear", "16000000", null)]
    [InlineData("linear", "16000000.000001", "at most 16000000 coins")]
    [InlineData("sigmoid", "1000000000", "at most")]
    [InlineData("linear", "-1", "zero or more")]
    public async Task A_grant_is_at_most_what_the_curve_has_to_sell(string curve, string genesis, string? reason)
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);
        Assert.True(Amount.TryParse(genesis, out var coins));

        var result = await ledger.LaunchCoin.ExecuteAsync(new("PTM", "Potemkin", Guid.NewGuid())
        {
            Curve = curve,
            Terms = CoinTerms.UsualFor(curve) with { Genesis = coins, UnlockedAtOnce = Amount.Zero },
        }, default);

        if (reason is null)
            Assert.IsType<LaunchCoin.Result.Launched>(result);
        else
            Assert.Contains(reason, Assert.IsType<LaunchCoin.Result.Invalid>(result).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linear", "5", 0, 0, 0, "no fixed supply")]
    [InlineData("fixed", "0", 0, 0, 0, "above zero")]
    [InlineData("round", "0", 0, 0, 0, "linear, sigmoid or fixed")]
    [InlineData("linear", "0", 10, 0, 0, "Purchase control needs")]
    [InlineData("linear", "0", 0, 0, 60, "Purchase control needs")]
    [InlineData("linear", "0", 0, 61, 60, "longer than the time")]
    [InlineData("linear", "0", 10, 0, 60, "needs a time between purchases")]
    public async Task Terms_that_contradict_each_other_are_refused(
        string curve, string supply, long largestPurchase, int betweenSeconds, int controlSeconds, string reason)
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);
        Assert.True(Amount.TryParse(supply, out var amount));

        var refused = Assert.IsType<LaunchCoin.Result.Invalid>(await ledger.LaunchCoin.ExecuteAsync(new("PTM", "Potemkin", Guid.NewGuid())
        {
            Curve = curve,
            Supply = amount,
            Terms = CoinTerms.UsualFor(curve) with
            {
                LargestPurchase = Amount.Coins(largestPurchase),
                BetweenPurchases = TimeSpan.FromSeconds(betweenSeconds),
                PurchaseControlFor = TimeSpan.FromSeconds(controlSeconds),
            },
        }, default));

        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3_000, 50_000, false)]
    [InlineData(1, 3_000, 50_000, true)]
    [InlineData(0, 10_000, 50_000, true)] // no share to get round
    [InlineData(0, 0, 50_000, true)] // nothing more unlocks
    [InlineData(0, 3_000, 5_000_000, true)] // nothing is locked
    public async Task A_grant_that_a_share_holds_back_needs_a_flow_limit(long flow, long share, long unlocked, bool launches)
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);

        var result = await ledger.LaunchCoin.ExecuteAsync(new("PTM", "Potemkin", Guid.NewGuid())
        {
            Terms = CoinTerms.Linear with { FlowBasisPoints = flow, LargestVestedBasisPoints = share, UnlockedAtOnce = Amount.Coins(unlocked) },
        }, default);

        if (launches)
            Assert.IsType<LaunchCoin.Result.Launched>(result);
        else
            Assert.Contains("needs a flow limit", Assert.IsType<LaunchCoin.Result.Invalid>(result).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_coin_with_terms_that_are_refused_by_now_goes_on()
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);
        var coin = new Coin("OLD", "Launched before", Guid.NewGuid(), Amount.Zero, ledger.Clock.GetUtcNow())
        {
            Curve = "linear",
            Terms = CoinTerms.Linear with { FlowBasisPoints = 0, LargestPurchase = Amount.Coins(10), PurchaseControlFor = TimeSpan.FromDays(1) },
        };

        Assert.IsType<PostResult.CoinSaved>(await ledger.Writer.SubmitAsync(new LaunchCommand(ledger.NewId(), coin), default));

        var buyer = await ledger.FundAsync(10);
        Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(
            new BuyCommand(ledger.NewId(), buyer, "OLD", TradeSize.Coins(Amount.Coins(10)), null), default));
    }
}
