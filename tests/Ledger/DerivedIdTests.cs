using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>Ids that follow from a command's can be worked out by anybody: using one must harm nobody else.</summary>
public sealed class DerivedIdTests
{
    [Theory, EachEngine]
    public async Task A_trade_whose_second_id_is_taken_is_refused_and_leaves_the_others_alone(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (id, rich) = (NewId(ledger), await RichAsync(ledger));
        var other = Guid.NewGuid();
        await ledger.PostedAsync(Transfer(DerivedId.Of(id, 1), rich, other));

        var answers = await ledger.Writer.SubmitAsync([
            new PostCommand(Transfer(NewId(ledger), rich, other)),
            new BuyCommand(id, rich, "PTM", TradeSize.Rly(Amount.Coins(1)), bound: null),
            new PostCommand(Transfer(NewId(ledger), rich, other)),
        ], default);

        Assert.IsType<PostResult.Posted>(answers[0]);
        Assert.Equal(new PostResult.IdConflict(DerivedId.Of(id, 1)), answers[1]);
        Assert.IsType<PostResult.Posted>(answers[2]);
        await ledger.CheckAsync();
    }

    [Theory, EachEngine]
    public async Task A_repeated_trade_is_not_answered_with_what_somebody_else_posted_under_its_next_id(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (id, rich) = (NewId(ledger), await RichAsync(ledger));
        var buy = new BuyCommand(id, rich, "PTM", TradeSize.Rly(Amount.Coins(1)), bound: null);
        var first = Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(buy, default));
        await ledger.PostedAsync(Transfer(DerivedId.Of(id, first.Entries.Count), rich, Guid.NewGuid()));

        var again = Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(buy, default));

        Assert.True(again.Repeated);
        Assert.Equal(first.Entries, again.Entries);
    }

    [Theory, EachEngine]
    public async Task Posting_all_of_a_hold_is_not_a_repeat_of_posting_a_part(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (hold, id, rich) = (NewId(ledger), NewId(ledger), await RichAsync(ledger));
        var expiry = ledger.Clock.GetUtcNow().AddDays(1);
        await ledger.Writer.SubmitAsync(new OpenHold(hold, rich, Guid.NewGuid(), CoinSymbol.Rly, new Amount(10), expiry, "", ""), default);
        var part = ResolveHold.Post(id, hold, new Amount(4));
        Assert.False(Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(part, default)).Repeated);

        Assert.True(Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(part, default)).Repeated);
        Assert.Equal(new PostResult.IdConflict(id), await ledger.Writer.SubmitAsync(ResolveHold.Post(id, hold, null), default));
        // What went back was a part of that command, not a command of its own.
        var rest = DerivedId.Of(id, 1);
        Assert.Equal(new PostResult.IdConflict(rest), await ledger.Writer.SubmitAsync(ResolveHold.Void(rest, hold), default));
    }

    private static async Task<Guid> RichAsync(TestLedger ledger)
    {
        var rich = Guid.NewGuid();
        await ledger.LaunchCoin.ExecuteAsync(new("PTM", "Potemkin", Guid.NewGuid()), default);
        await ledger.PostedAsync(new TransferOrder(
            NewId(ledger), AccountKey.Bridge, AccountKey.Of(rich, CoinSymbol.Rly), Amount.Coins(1_000), TransferKind.Issue));
        return rich;
    }

    private static TransferOrder Transfer(Guid id, Guid from, Guid to) =>
        new(id, AccountKey.Of(from, CoinSymbol.Rly), AccountKey.Of(to, CoinSymbol.Rly), new Amount(1), TransferKind.Transfer);

    private static Guid NewId(TestLedger ledger) => Guid.CreateVersion7(ledger.Clock.GetUtcNow());
}
