using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>The rules of posting, on one batch in memory.</summary>
public sealed class BatchTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly AccountKey Mint = AccountKey.Mint("PTM");
    private static readonly AccountKey Alice = AccountKey.Of(Guid.NewGuid(), "PTM");
    private static readonly AccountKey Bob = AccountKey.Of(Guid.NewGuid(), "PTM");
    private static readonly AccountKey Carol = AccountKey.Of(Guid.NewGuid(), "PTM");

    [Fact]
    public void The_same_order_twice_in_one_batch_is_posted_once()
    {
        var batch = Open(alice: 100);
        var order = Order(Alice, Bob, 60);

        var first = Posted(Apply(batch, order));
        var second = Posted(Apply(batch, order));

        Assert.False(first.Repeated);
        Assert.True(second.Repeated);
        Assert.Equal(first.Entries, second.Entries);
        Assert.Single(batch.Entries);
    }

    [Fact]
    public void The_same_id_with_other_content_in_one_batch_conflicts()
    {
        var batch = Open(alice: 100);
        var order = Order(Alice, Bob, 60);
        Apply(batch, order);

        Assert.IsType<PostResult.IdConflict>(Apply(batch, new TransferOrder(order.Id, Alice, Bob, order.Amount, order.Kind, "another note")));
        Assert.IsType<PostResult.IdConflict>(Apply(batch, new TransferOrder(order.Id, Alice, Carol, order.Amount, order.Kind, "")));
        Assert.IsType<PostResult.IdConflict>(Apply(batch, new TransferOrder(order.Id, Alice, Bob, new(1), order.Kind, "")));
        Assert.Single(batch.Entries);
    }

    [Fact]
    public void Coins_received_earlier_in_the_batch_can_be_sent_on()
    {
        var batch = Open(alice: 100);

        Posted(Apply(batch, Order(Alice, Bob, 100)));
        Posted(Apply(batch, Order(Bob, Carol, 100)));

        Assert.Equal([2L, 3L], batch.Entries.Select(entry => entry.Position));
        Assert.Equal(Amount.Coins(100), batch.Account(Carol).Balance);
        batch.Close();
    }

    [Fact]
    public void A_refusal_leaves_the_others_alone()
    {
        var batch = Open(alice: 100);

        Posted(Apply(batch, Order(Alice, Bob, 60)));
        var refused = Assert.IsType<PostResult.InsufficientFunds>(Apply(batch, Order(Alice, Bob, 41)));
        Posted(Apply(batch, Order(Alice, Bob, 40)));

        Assert.Equal(Amount.Coins(40), refused.Available);
        Assert.Equal(2, batch.Entries.Count);
        batch.Close();
    }

    [Fact]
    public void Linked_orders_may_use_what_the_ones_before_them_moved()
    {
        var batch = Open(alice: 100);

        var posted = Posted(Apply(batch, Order(Alice, Bob, 100), Order(Bob, Carol, 30), Order(Bob, Alice, 70)));

        Assert.Equal(3, posted.Entries.Count);
        Assert.Equal(Amount.Zero, batch.Account(Bob).Balance);
        batch.Close();
    }

    [Fact]
    public void One_refused_order_undoes_those_linked_with_it()
    {
        var batch = Open(alice: 100);
        Posted(Apply(batch, Order(Alice, Carol, 10)));
        var tooMuch = Order(Bob, Carol, 61);
        var first = Order(Alice, Bob, 60);

        var refused = Assert.IsType<PostResult.InsufficientFunds>(Apply(batch, first, tooMuch));

        Assert.Equal(Amount.Coins(60), refused.Available);
        Assert.Equal(Amount.Coins(90), batch.Account(Alice).Balance);
        Assert.Single(batch.Entries);
        batch.Close();
        Assert.DoesNotContain(batch.Changes.ToArray(), change => change.Key == batch.Account(Bob).Key);
    }

    [Fact]
    public void What_was_undone_can_be_posted_later()
    {
        var batch = Open(alice: 100);
        var first = Order(Alice, Bob, 60);
        Apply(batch, first, Order(Bob, Carol, 61));

        Assert.False(Posted(Apply(batch, first)).Repeated);
        batch.Close();
        Assert.Equal(Amount.Coins(60), batch.Account(Bob).Stored.Balance);
    }

    [Fact]
    public void Linked_orders_of_which_some_were_posted_before_conflict()
    {
        var batch = Open(alice: 100);
        var first = Order(Alice, Bob, 1);
        var second = Order(Alice, Bob, 2);
        Apply(batch, first);

        Assert.Equal(first.Id, Assert.IsType<PostResult.IdConflict>(Apply(batch, first, second)).TransferId);
        Assert.Single(batch.Entries);
    }

    [Fact]
    public void A_part_of_linked_orders_is_another_command()
    {
        var batch = Open(alice: 100);
        var (first, second) = (Order(Alice, Bob, 1), Order(Alice, Bob, 2));
        Posted(Apply(batch, first, second));

        Assert.IsType<PostResult.IdConflict>(Apply(batch, first));
        Assert.IsType<PostResult.IdConflict>(Apply(batch, second));
        Assert.True(Posted(Apply(batch, first, second)).Repeated);
    }

    [Fact]
    public void Sending_to_the_same_account_is_refused() =>
        Assert.IsType<PostResult.SameAccount>(Apply(Open(alice: 100), Order(Alice, Alice, 1)));

    [Fact]
    public void A_coin_that_was_never_launched_is_unknown()
    {
        var refused = Apply(Open(alice: 100), Order(AccountKey.Of(Guid.NewGuid(), "NOPE"), AccountKey.Of(Guid.NewGuid(), "NOPE"), 1));

        Assert.Equal("NOPE", Assert.IsType<PostResult.UnknownCoin>(refused).Symbol);
    }

    [Fact]
    public void A_coin_launched_earlier_in_the_batch_is_known_and_taken()
    {
        var batch = Open(alice: 100);
        var coin = new Coin("NEW", "New", Alice.Holder!.Value, Amount.Coins(5), Now);
        var creator = AccountKey.Of(coin.Creator, "NEW");

        Assert.IsType<PostResult.CoinSaved>(new LaunchCommand(Guid.CreateVersion7(Now), coin).Apply(batch));
        Posted(Apply(batch, Order(creator, AccountKey.Of(Bob.Holder!.Value, "NEW"), 5)));
        var taken = new LaunchCommand(Guid.CreateVersion7(Now), coin).Apply(batch);

        Assert.Equal(coin.Creator, Assert.IsType<PostResult.CoinExists>(taken).Existing.Creator);
        Assert.Equal((1, true), (Assert.Single(batch.Coins).Coin.LaunchedAfter, batch.Coins.Single().IsNew));
        batch.Close();
    }

    [Fact]
    public void A_balance_that_would_not_fit_is_refused()
    {
        var batch = Open(alice: 0);
        var all = new Amount(long.MaxValue);
        Posted(Apply(batch, new TransferOrder(Guid.CreateVersion7(Now), Mint, Alice, all, TransferKind.Issue)));

        var refused = Apply(batch, new TransferOrder(Guid.CreateVersion7(Now), Mint, Bob, new(2), TransferKind.Issue));

        Assert.IsType<PostResult.BalanceOverflow>(refused);
        batch.Close();
    }

    [Fact]
    public void A_clock_that_goes_back_does_not_turn_the_log_around()
    {
        var batch = Open(alice: 100, now: Now.AddHours(-1));

        Assert.Equal(Now, Posted(Apply(batch, Order(Alice, Bob, 1))).Entries[0].PostedAt);
    }

    [Fact]
    public void Coins_from_nowhere_stop_the_batch()
    {
        var batch = Open(alice: 100);
        Apply(batch, Order(Alice, Bob, 1));
        var bob = batch.Account(Bob);
        bob.Current = bob.Current with { Balance = bob.Balance + new Amount(1) };

        Assert.Contains("would change the sum of PTM by 1", Assert.Throws<InvalidOperationException>(batch.Close).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_caller_can_mean_is_not_an_order()
    {
        Assert.Throws<ArgumentException>(() => Order(Alice, Bob, 0));
        Assert.Throws<ArgumentException>(() => Order(Alice, Bob, -1));
        Assert.Throws<ArgumentException>(() => Order(Alice, AccountKey.Of(Guid.NewGuid(), "KSK"), 1));
        Assert.Throws<ArgumentException>(() => new TransferOrder(Guid.Empty, Alice, Bob, new(1), TransferKind.Transfer, ""));
        Assert.Throws<ArgumentException>(() => new TransferOrder(Guid.NewGuid(), Alice, Bob, new(1), TransferKind.Transfer, new string('x', 281)));
        Assert.Throws<ArgumentException>(() => new TransferOrder(Guid.NewGuid(), Alice, Bob, new(1), TransferKind.Transfer, "a\0b"));
        Assert.Throws<ArgumentException>(() => new TransferOrder(Guid.NewGuid(), Alice, Bob, new(1), TransferKind.Transfer, "\ud83d"));
    }

    [Fact]
    public void A_command_that_looks_at_an_account_it_has_not_named_is_stopped()
    {
        var stranger = AccountKey.Of(Guid.NewGuid(), "PTM");

        Assert.Contains($"{stranger}", Assert.Throws<InvalidOperationException>(() => Apply(Open(alice: 1), Order(stranger, Alice, 1))).Message, StringComparison.Ordinal);
    }

    /// <summary>A log of one entry, the issue of what Alice has.</summary>
    private static Batch Open(long alice, DateTimeOffset? now = null)
    {
        var accounts = new AccountCache(100);
        accounts.Add(Account.Load(Mint, 1, new(Amount.Coins(-alice), Amount.Zero, 0, 0)));
        accounts.Add(Account.Load(Alice, 2, new(Amount.Coins(alice), Amount.Zero, 0, 0)));
        var coin = new Coin("PTM", "Potemkin", Guid.NewGuid(), Amount.Coins(100), Now);
        var state = new LedgerState(
            new(LastPosition: 1, LastPostedAt: Now, LastAccountId: 2, CoinRevision: 2), new RecentIds(Guid.Empty), accounts, new() { ["PTM"] = coin });
        var named = new[] { Bob, Carol }.Concat(new[] { Alice, Bob }.Select(key => key with { Coin = "NEW" })).ToHashSet();
        return new(state, new(new Dictionary<Guid, JournalEntry>(), new HashSet<Guid>(), new Dictionary<Guid, Hold>(), named), now ?? Now);
    }

    private static TransferOrder Order(AccountKey from, AccountKey to, long coins) =>
        new(Guid.CreateVersion7(Now), from, to, Amount.Coins(coins), TransferKind.Transfer, "");

    private static PostResult Apply(Batch batch, params TransferOrder[] orders) => new PostCommand(orders).Apply(batch);

    private static PostResult.Posted Posted(PostResult result) => Assert.IsType<PostResult.Posted>(result);
}
