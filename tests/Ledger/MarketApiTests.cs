using System.Net;
using System.Text.Json.Nodes;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Curves;
using Rally.Ledger.Escrow;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;
using Rally.Ledger.Prices;
using Rally.Ledger.Store;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class MarketApiTests
{
    [Theory, EachEngine]
    public async Task Prices_by_hour_and_by_day_are_those_of_the_trades(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var market = await RandomMarket.OpenAsync(ledger, seed: 21);
        await market.GoOnAsync(400);
        await ledger.FollowAsync();
        var read = ledger.Inside<ReadMarket>();
        foreach (var (symbol, curve) in new[] { (RandomMarket.Linear, Curve.Named("linear")!), (RandomMarket.Sigmoid, Curve.Named("sigmoid")!) })
        {
            var trades = await TradesAsync(ledger, symbol, curve);
            foreach (var (byDay, unit) in new[] { (false, TimeSpan.TicksPerHour), (true, TimeSpan.TicksPerDay) })
            {
                var expected = trades.GroupBy(trade => trade.At.UtcTicks / unit).Select(some => new Candle(
                    new(some.Key * unit, TimeSpan.Zero), some.First().Price, some.MaxBy(trade => trade.Price).Price, some.MinBy(trade => trade.Price).Price,
                    some.Last().Price, new(some.Sum(trade => trade.Coins.MinorUnits)), new(some.Sum(trade => trade.Rly.MinorUnits)), some.Count())).ToList();
                Assert.True(expected.Count > 5, "the random work was too tame");
                var all = await read.PricesAsync(symbol, DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue, byDay, 1_000, default);
                Assert.Equal(expected, all.Candles);
                Assert.False(all.HasMore);

                // A page is the same candles, whole days even where the page ends.
                var page = await read.PricesAsync(symbol, expected[1].Start, expected[4].Start, byDay, 2, default);
                Assert.Equal(expected[1..3], page.Candles);
                Assert.True(page.HasMore);
            }

            var stats = (await read.FindAsync(symbol, default))!;
            Assert.Equal((trades.Count, new Amount(trades.Sum(trade => trade.Rly.MinorUnits))), (stats.Trades, stats.Volume));
            var since = new DateTimeOffset(ledger.Clock.GetUtcNow().UtcTicks / TimeSpan.TicksPerHour * TimeSpan.TicksPerHour, TimeSpan.Zero).AddHours(-23);
            Assert.Equal(trades.Where(trade => trade.At >= since).Sum(trade => trade.Rly.MinorUnits), stats.Volume24h.MinorUnits);
        }
    }

    [Theory, EachEngine]
    public async Task The_figures_of_a_coin_follow_its_trades_and_transfers(Engine engine)
    {
        await using var api = await TestApi.StartAsync(engine);
        var (creator, fan) = (Guid.NewGuid(), Guid.NewGuid());
        await LaunchAsync(api, "LIN", creator);
        await LaunchAsync(api, "OTH", creator);
        await api.Inside<IssueRly>().ExecuteAsync(fan, Amount.Coins(1_000), "", default);
        await DoAsync(api, id => new BuyCommand(id, fan, "LIN", TradeSize.Rly(Amount.Coins(100)), null));
        await DoAsync(api, id => new SellCommand(id, fan, "LIN", TradeSize.Coins(Amount.Coins(10)), null));
        await DoAsync(api, id => new ConvertCommand(id, fan, "LIN", "OTH", Amount.Coins(5), null));
        await DoAsync(api, id => new PostCommand(new TransferOrder(id, AccountKey.Of(fan, "LIN"), AccountKey.Of(creator, "LIN"), Amount.Coins(3), TransferKind.Transfer, "private words")));
        await DoAsync(api, id => new PostCommand(new TransferOrder(id, AccountKey.Of(fan, "LIN"), AccountKey.Of(Guid.NewGuid(), "LIN"), Amount.Coins(4), TransferKind.Transfer)));
        await api.FollowedAsync();

        var stats = (await api.GetAsync("/api/coins/lin/stats")).Body!;
        Assert.Equal((3, 2, 3), ((long)stats["holders"]!, (long)stats["transfers"]!, (long)stats["trades"]!));
        Assert.Equal((string)stats["volume"]!, (string)stats["volume24h"]!);
        Assert.Equal(await api.Inside<ITransferFeed>().LastPositionAsync(default), (long)stats["position"]!);

        var prices = (await api.GetAsync("/api/coins/LIN/prices?interval=day")).Body!;
        Assert.Equal("day", (string)prices["interval"]!);
        Assert.Equal(3, prices["candles"]!.AsArray().Sum(candle => (long)candle!["trades"]!));

        var summary = (await api.GetAsync("/v1/creator_coins/LIN/summary")).Body!;
        Assert.Equal((3L, 5L), ((long)summary["totalSupporters"]!, (long)summary["totalTransaction"]!));
        Assert.Equal((string)stats["volume"]!, summary["totalSupportVolume"]!.ToJsonString());
        var activity = (await api.GetAsync("/v1/creator_coins/LIN/network_activity")).Body!.AsArray();
        Assert.Equal(["transfer", "donation", "convert", "redemption", "purchase"], activity.Select(one => (string)one!["actionType"]!));
        Assert.Matches("^[0-9a-f]{32}$", (string)activity[0]!["id"]!);
        Assert.Equal("4", activity[0]!["actionAmountOfCoin"]!.ToJsonString());
        Assert.All(activity, one => Assert.Equal("completed", (string)one!["status"]!));
        Assert.All(activity, one => Assert.True(one!.AsObject().ContainsKey("actionCostInCents") && one["actionCostInCents"] is null));
        Assert.DoesNotContain("private words", activity.ToJsonString(), StringComparison.Ordinal);
        await api.Inside<UsdPriceLog>().ConfirmAsync(new UsdRate(20_000_000), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, default);
        Assert.Null((await api.GetAsync("/v1/creator_coins/LIN/network_activity")).Body![4]!["actionCostInCents"]);
        Assert.Equal("convert", (string)(await api.GetAsync("/v1/creator_coins/OTH/network_activity")).Body![0]!["actionType"]!);
    }

    [Theory, EachEngine]
    public async Task A_trade_of_the_first_api_costs_what_RLY_cost_in_dollars_then(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine, options =>
            (options.UsdPrice.FeedUrl, options.UsdPrice.JsonPointer) = ("https://prices.example/rly", "/usd"));
        var market = await RandomMarket.OpenAsync(ledger, seed: 23);
        var coin = (await ledger.Inside<ReadCoins>().FindAsync(RandomMarket.Linear, default))!;
        // Two hours are what StaleAfter (one) and the time between two rows of an unchanged price (one) come to.
        foreach (var (nanoUsd, age) in new[] { (0, 60), (20_000_000, 60), (30_000_000, 120), (40_000_000, 121) })
        {
            ledger.Clock.Advance(TimeSpan.FromDays(1));
            if (nanoUsd > 0)
                await ledger.Inside<UsdPriceLog>().ConfirmAsync(new UsdRate(nanoUsd), ledger.Clock.GetUtcNow(), ledger.Clock.GetUtcNow(), default);
            ledger.Clock.Advance(TimeSpan.FromMinutes(age));
            await DoAsync(ledger.Writer, id => new BuyCommand(id, market.People[3], RandomMarket.Linear, TradeSize.Rly(Amount.Coins(100)), null));
        }

        await ledger.FollowAsync();

        Assert.Equal([null, 300, 200, null], (await ledger.Inside<ReadActivity>().ExecuteAsync(coin, default)).Select(item => item.UsdCents));
    }

    [Theory, EachEngine]
    public async Task A_fixed_price_does_not_reprice_the_past(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine, options => options.UsdPrice.Fixed = "5");
        var market = await RandomMarket.OpenAsync(ledger, seed: 24);
        var coin = (await ledger.Inside<ReadCoins>().FindAsync(RandomMarket.Linear, default))!;
        var log = ledger.Inside<UsdPriceLog>();
        await BuyAsync();
        ledger.Clock.Advance(TimeSpan.FromDays(1));
        await log.ConfirmAsync(new UsdRate(20_000_000), ledger.Clock.GetUtcNow(), ledger.Clock.GetUtcNow(), default);
        await BuyAsync();
        ledger.Clock.Advance(TimeSpan.FromDays(1));
        await log.ConfirmAsync(new UsdRate(5_000_000_000), ledger.Clock.GetUtcNow(), ledger.Clock.GetUtcNow(), default);
        await BuyAsync();
        await ledger.FollowAsync();

        Assert.Equal([50_000, 200, null], (await ledger.Inside<ReadActivity>().ExecuteAsync(coin, default)).Select(item => item.UsdCents));

        Task BuyAsync() => DoAsync(ledger.Writer, id => new BuyCommand(id, market.People[3], RandomMarket.Linear, TradeSize.Rly(Amount.Coins(100)), null));
    }

    [Theory, EachEngine]
    public async Task What_people_did_is_looked_for_in_the_last_5_000_entries_only(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var coin = (await ledger.Inside<ReadCoins>().FindAsync("PTM", default))!;
        await ledger.PostedAsync(ledger.Order(creator, Guid.NewGuid(), 1));
        // What somebody put into escrow is not what the first API told of.
        var holds = Enumerable.Range(0, 5_000).Select(_ => (LedgerCommand)new OpenHold(
            ledger.NewId(), creator, Guid.NewGuid(), "PTM", new(1), ledger.Clock.GetUtcNow().AddDays(1), "", "")).ToList();
        foreach (var some in holds[..^1].Chunk(2_500))
            await ledger.Writer.SubmitAsync(some, default);
        await ledger.FollowAsync();
        Assert.Equal("transfer", Assert.Single(await ledger.Inside<ReadActivity>().ExecuteAsync(coin, default)).Action);

        await ledger.Writer.SubmitAsync(holds[^1], default);
        await ledger.FollowAsync();

        Assert.Empty(await ledger.Inside<ReadActivity>().ExecuteAsync(coin, default));
    }

    [Theory]
    [InlineData("/api/coins/PTM/prices?interval=week", 400, "'interval'"), InlineData("/api/coins/PTM/prices?from=yesterday", 400, "'from'")]
    [InlineData("/api/coins/PTM/prices?to=9999-12-31T23:59:59Z", 400, "'to'"), InlineData("/api/coins/PTM/prices?after=x", 400, "'after'")]
    [InlineData("/api/coins/PTM/prices?limit=x", 400, "'limit'"), InlineData("/api/coins/NONE/prices", 404, "NONE"), InlineData("/api/coins/NONE/stats", 404, "NONE")]
    public async Task What_cannot_be_answered_is_named(string path, int status, string named)
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        await api.LaunchAsync("PTM", 10);

        var answer = await api.GetAsync(path);

        Assert.Equal((HttpStatusCode)status, answer.Status);
        Assert.Contains(named, answer.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_coin_without_a_market_has_no_prices_and_the_first_api_says_when_there_is_no_coin()
    {
        await using var api = await TestApi.StartAsync(Engine.Sqlite);
        await api.LaunchAsync("PTM", 10);

        Assert.Empty((await api.GetAsync("/api/coins/PTM/prices")).Body!["candles"]!.AsArray());
        foreach (var part in new[] { "summary", "network_activity" })
        {
            var none = await api.GetAsync($"/v1/creator_coins/NONE/{part}");
            Assert.Equal(HttpStatusCode.NotFound, none.Status);
            Assert.Contains("NONE", (string)none.Body!["errorMessage"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Volumes_stop_at_what_fits()
    {
        var most = new Amount(long.MaxValue);

        Assert.Equal(most, Volume.Add(most, new(1)));
        Assert.Equal(most, Volume.Add(new(long.MaxValue - 1), new(1)));
        Assert.Equal(new Amount(3), Volume.Add(new(1), new(2)));
    }

    [Theory, EachEngine]
    public async Task Kept_volumes_stop_at_what_fits(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var market = await RandomMarket.OpenAsync(ledger, seed: 22);
        await DoAsync(ledger.Writer, id => new BuyCommand(id, market.People[3], RandomMarket.Linear, TradeSize.Rly(Amount.Coins(1)), null));
        await ledger.FollowAsync();
        foreach (var table in new[] { "ledger_coin_stats", "ledger_candle" })
            await ledger.Database.WriteAsync(transaction => Dapper.SqlMapper.ExecuteAsync(transaction.Connection!, $"UPDATE {table} SET rly = {long.MaxValue - 5}", transaction: transaction));
        await DoAsync(ledger.Writer, id => new BuyCommand(id, market.People[3], RandomMarket.Linear, TradeSize.Rly(Amount.Coins(1)), null));

        await ledger.FollowAsync();

        var stats = (await ledger.Inside<ReadMarket>().FindAsync(RandomMarket.Linear, default))!;
        Assert.Equal((new Amount(long.MaxValue), new Amount(long.MaxValue)), (stats.Volume, stats.Volume24h));
    }

    /// <summary>From the entries' amounts alone: how many coins are sold, one trade after the other, and what was paid, by the RLY that moved.</summary>
    private static async Task<List<(DateTimeOffset At, Amount Price, Amount Coins, Amount Rly)>> TradesAsync(TestLedger ledger, string symbol, Curve curve)
    {
        var log = await ledger.Database.ReadAsync(connection => EntryRow.QueryAsync(connection, EntryRow.Select + " ORDER BY t.position", new { }, null, default));
        var (sold, trades) = (0L, new List<(DateTimeOffset, Amount, Amount, Amount)>());
        for (var i = 0; i < log.Count; i++)
        {
            var order = log[i].Order;
            if (order.Coin != symbol || order.Kind is not (TransferKind.Buy or TransferKind.Sell))
                continue;
            sold += order.Kind == TransferKind.Buy ? order.Amount.MinorUnits : -order.Amount.MinorUnits;
            var reserve = AccountKey.Reserve(symbol);
            var command = log.Where(leg => leg.Position - leg.Link == log[i].Position - log[i].Link);
            var paid = command.Where(leg => leg.Order.Debit == reserve || leg.Order.Credit == reserve).Sum(leg => leg.Order.Amount.MinorUnits);
            trades.Add((log[i].PostedAt, curve.Price(new(sold)), order.Amount, new(paid)));
        }

        return trades;
    }

    private static async Task LaunchAsync(TestApi api, string symbol, Guid creator) =>
        await api.Inside<LaunchCoin>().ExecuteAsync(new(symbol, $"The {symbol}", creator) { Terms = CoinTerms.None with { PaysCreatorFee = true } }, default);

    private static Task DoAsync(TestApi api, Func<Guid, LedgerCommand> command) => DoAsync(api.Writer, command);

    private static async Task DoAsync(LedgerWriter writer, Func<Guid, LedgerCommand> command) =>
        Assert.IsType<PostResult.Posted>(await writer.SubmitAsync(command(Guid.CreateVersion7(DateTimeOffset.UnixEpoch)), default));
}
