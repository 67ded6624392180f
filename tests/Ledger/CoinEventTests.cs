using Rally.Ledger.Amounts;
using Rally.Ledger.Events;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class CoinEventTests
{
    [Theory, EachEngine]
    public async Task However_the_log_is_cut_its_events_are_the_same(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var market = await RandomMarket.OpenAsync(ledger, seed: 20);
        await market.GoOnAsync(150);
        var whole = await ReadAsync(ledger, 10_000);
        Assert.Contains(whole, posted => posted.Event is CoinEvent.Conversion);
        Assert.Contains(whole, posted => posted.Event is CoinEvent.Redemption);
        Assert.Contains(whole, posted => posted.Event is CoinEvent.Sent && posted.Kind == TransferKind.Post);

        foreach (var limit in new[] { 1, 2, 3, 7 })
            Assert.Equal(whole, await ReadAsync(ledger, limit));

        // Prices are found by the history as well as without it, half of it too.
        Assert.True(await ledger.Follower<HistoryFollower>().StepAsync(default));
        Assert.Equal(whole, await ReadAsync(ledger, 5));
        await ledger.FollowAsync();
        await market.GoOnAsync(20);
        Assert.Equal(whole, (await ReadAsync(ledger, 1)).Take(whole.Count));
    }

    [Theory, EachEngine]
    public async Task Figures_are_those_of_the_entries_and_what_is_sent_has_the_price_that_the_last_trade_left(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var market = await RandomMarket.OpenAsync(ledger, seed: 21);
        await market.GoOnAsync(150);
        var log = await ReadAsync(ledger, 10_000);

        var prices = new Dictionary<string, Amount> { ["RLY"] = Amount.Coins(1) };
        foreach (var posted in log)
        {
            var at = (int)posted.Position - 1; // of this entry in the list
            switch (posted.Event)
            {
                case CoinEvent.Purchase bought:
                    Assert.Equal((log[at - 1].Id, log[at - 1].Amount, posted.Amount, posted.CreditHolder), (bought.Id, bought.Rly, bought.Amount, bought.Account));
                    prices[bought.Coin] = bought.Price;
                    break;
                case CoinEvent.Redemption sold:
                    Assert.Equal((posted.Id, log[at + 1].Amount, posted.Amount), (sold.Id, sold.Rly - sold.Fee, sold.Amount));
                    if (sold.Fee > Amount.Zero)
                        Assert.Equal((TransferKind.Fee, sold.Fee), (log[at + 2].Kind, log[at + 2].Amount));
                    prices[sold.Coin] = sold.Price;
                    break;
                case CoinEvent.Conversion turned:
                    Assert.Equal(log[at + 1].Amount, turned.Rly - turned.Fee);
                    Assert.Equal(turned.ToAmount, log[at + (turned.Fee > Amount.Zero ? 4 : 3)].Amount);
                    (prices[turned.FromCoin], prices[turned.ToCoin]) = (turned.FromPrice, turned.ToPrice);
                    break;
                case CoinEvent.Sent sent when prices.TryGetValue(sent.Coin, out var price):
                    Assert.Equal(price, sent.Price);
                    break;
                case CoinEvent.Sent { Coin: RandomMarket.Fixed } sent:
                    Assert.Null(sent.Price);
                    break;
            }
        }

        // Every trade and everything sent is told, and nothing else.
        Assert.Equal(
            log.Count(posted => posted.Coin != "RLY" && posted.Kind is TransferKind.Buy or TransferKind.Sell)
                - log.Count(posted => posted.Event is CoinEvent.Conversion),
            log.Count(posted => posted.Event is CoinEvent.Purchase or CoinEvent.Redemption or CoinEvent.Conversion));
        Assert.Equal(
            log.Where(posted => posted.Kind is TransferKind.Transfer or TransferKind.Post).Select(posted => posted.Position),
            log.Where(posted => posted.Event is CoinEvent.Sent).Select(posted => posted.Position));
    }

    private static async Task<List<TransferPosted>> ReadAsync(TestLedger ledger, int limit)
    {
        var read = new List<TransferPosted>();
        while (await ledger.Feed.ReadWithEventsAsync(read.Count, limit, default) is { Count: > 0 } page)
            read.AddRange(page);
        return read;
    }
}
