using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

public sealed class PostingTests
{
    [Theory, EachEngine]
    public async Task A_launch_gives_the_whole_supply_to_the_creator(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchAsync("PTM", 1_000);

        var issue = Assert.Single(await ledger.Feed.ReadAsync(0, 10, default));

        Assert.Equal(
            (1L, "PTM", (Guid?)null, (Guid?)creator, Amount.Coins(1_000), "issue", ""),
            (issue.Position, issue.Coin, issue.DebitHolder, issue.CreditHolder, issue.Amount, issue.Kind, issue.Note));
        Assert.Equal(ledger.Clock.GetUtcNow(), issue.PostedAt);
    }

    [Theory, EachEngine]
    public async Task A_transfer_moves_coins_and_says_what_is_left(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchAsync("PTM", 1_000);
        var fan = Guid.NewGuid();

        var entry = await ledger.PostedAsync(ledger.Order(creator, fan, 60, note: "for the fan ♥"));

        Assert.Equal((2L, Amount.Coins(940), Amount.Coins(60)), (entry.Position, entry.DebitBalance, entry.CreditBalance));
        var posted = Assert.Single(await ledger.Feed.ReadAsync(1, 10, default));
        Assert.Equal(entry.ToPosted(), posted);
        Assert.Equal("for the fan ♥", posted.Note);
    }

    [Theory, EachEngine]
    public async Task A_symbol_is_launched_once(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchAsync("PTM", 1_000);

        var again = await ledger.LaunchCoin.ExecuteAsync(LaunchCoin.Request.Fixed("ptm", "Mine", Guid.NewGuid(), Amount.Coins(1)), default);

        Assert.Equal(
            new Coin("PTM", "PTM of a test", creator, Amount.Coins(1_000), ledger.Clock.GetUtcNow()),
            Assert.IsType<LaunchCoin.Result.AlreadyLaunched>(again).Existing);
        Assert.Equal(1, await ledger.CheckAsync());
    }

    [Theory]
    [InlineData("P", "Name", 1), InlineData("ELEVENCHARS", "Name", 1), InlineData("P-M", "Name", 1), InlineData("PTſ", "Name", 1)]
    [InlineData("PTM", "  ", 1), InlineData("PTM", "two\nlines", 1), InlineData("PTM", "Name", 0), InlineData("PTM", "Name", -1)]
    public async Task A_coin_that_makes_no_sense_is_not_launched(string symbol, string name, long supply)
    {
        await using var ledger = await TestLedger.CreateAsync(Engine.Sqlite);

        Assert.IsType<LaunchCoin.Result.Invalid>(
            await ledger.LaunchCoin.ExecuteAsync(LaunchCoin.Request.Fixed(symbol, name, Guid.NewGuid(), Amount.Coins(supply)), default));
        Assert.IsType<LaunchCoin.Result.Invalid>(
            await ledger.LaunchCoin.ExecuteAsync(LaunchCoin.Request.Fixed("PTM", new string('x', 61), Guid.NewGuid(), Amount.Coins(1)), default));
        Assert.IsType<LaunchCoin.Result.Invalid>(
            await ledger.LaunchCoin.ExecuteAsync(LaunchCoin.Request.Fixed("PTM", "Name", Guid.Empty, Amount.Coins(1)), default));
        Assert.Equal(0, await ledger.CheckAsync());
    }

    [Theory, EachEngine]
    public async Task The_same_order_again_gets_its_first_answer_even_after_a_restart(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        TransferOrder order;
        JournalEntry first;
        await using (var ledger = await TestLedger.OpenAsync(store.Setting))
        {
            var creator = await ledger.LaunchAsync("PTM", 100);
            order = ledger.Order(creator, Guid.NewGuid(), 60, note: "once");
            first = await ledger.PostedAsync(order);
            ledger.Clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(first, await RepeatedAsync(ledger));
        }

        await using var restarted = await TestLedger.OpenAsync(store.Setting);
        Assert.Equal(first, await RepeatedAsync(restarted));
        var other = new TransferOrder(order.Id, order.Debit, order.Credit, order.Amount, order.Kind, "twice");
        Assert.IsType<PostResult.IdConflict>(await restarted.PostAsync(other));
        Assert.Equal(2, await restarted.CheckAsync());

        async Task<JournalEntry> RepeatedAsync(TestLedger ledger)
        {
            var answer = Assert.IsType<PostResult.Posted>(await ledger.PostAsync(order));
            Assert.True(answer.Repeated);
            return Assert.Single(answer.Entries);
        }
    }

    [Theory, EachEngine]
    public async Task The_same_order_from_many_callers_at_once_is_posted_once(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchAsync("PTM", 100);
        var order = ledger.Order(creator, Guid.NewGuid(), 60);

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => ledger.PostAsync(order))));

        var posted = answers.Cast<PostResult.Posted>().ToList();
        Assert.Single(posted, answer => !answer.Repeated);
        Assert.Single(posted.Select(answer => answer.Entries[0]).Distinct());
        Assert.Equal(2, await ledger.CheckAsync());
    }

    [Theory, EachEngine]
    public async Task Linked_orders_are_posted_together_or_not_at_all(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var creator = await ledger.LaunchAsync("PTM", 100);
        var (fan, friend) = (Guid.NewGuid(), Guid.NewGuid());
        TransferOrder[] fits = [ledger.Order(creator, fan, 60), ledger.Order(fan, friend, 60)];

        Assert.IsType<PostResult.InsufficientFunds>(await ledger.PostAsync(ledger.Order(creator, fan, 60), ledger.Order(fan, friend, 61)));
        Assert.Equal(1, await ledger.CheckAsync());

        Assert.False(Assert.IsType<PostResult.Posted>(await ledger.PostAsync(fits)).Repeated);
        Assert.True(Assert.IsType<PostResult.Posted>(await ledger.PostAsync(fits)).Repeated);
        Assert.Equal(3, await ledger.CheckAsync());
    }

    [Theory, EachEngine]
    public async Task More_linked_orders_than_a_batch_holds_are_a_mistake(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine, largestBatch: 2);
        var creator = await ledger.LaunchAsync("PTM", 100);
        TransferOrder[] three = [.. Enumerable.Range(0, 3).Select(_ => ledger.Order(creator, Guid.NewGuid(), 1))];

        await Assert.ThrowsAsync<ArgumentException>(() => ledger.PostAsync(three));
        await Assert.ThrowsAsync<ArgumentException>(() => ledger.PostAsync());
        await Assert.ThrowsAsync<ArgumentException>(() => ledger.PostAsync(three[0], three[0]));
        Assert.IsType<PostResult.Posted>(await ledger.PostAsync(three[..2]));
    }
}
