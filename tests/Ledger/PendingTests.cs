using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests;

/// <summary>Pending transfers: held, then posted, voided or expired, once.</summary>
public sealed class PendingTests
{
    [Theory, EachEngine]
    public async Task A_pending_transfer_is_posted_once_in_whole_or_in_part(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (sender, receiver) = (await ledger.LaunchAsync("PTM", 1_000), Guid.NewGuid());
        var hold = Open(ledger, sender, receiver, 100);
        Assert.Equal(Amount.Coins(900), (await PostedAsync(ledger, hold.Command)).Entries[0].DebitBalance);

        var tooMuch = await ledger.Writer.SubmitAsync(ResolveHold.Post(ledger.NewId(), hold.Id, Amount.Coins(101)), default);
        var id = ledger.NewId();
        var posted = await PostedAsync(ledger, ResolveHold.Post(id, hold.Id, Amount.Coins(60)));
        var again = await PostedAsync(ledger, ResolveHold.Post(id, hold.Id, Amount.Coins(60)));
        var other = await ledger.Writer.SubmitAsync(ResolveHold.Post(id, hold.Id, Amount.Coins(61)), default);
        var closed = await ledger.Writer.SubmitAsync(ResolveHold.Void(ledger.NewId(), hold.Id), default);

        Assert.Equal(Amount.Coins(100), Assert.IsType<PostResult.MoreThanHeld>(tooMuch).Held);
        Assert.Equal([("post", Amount.Coins(60)), ("void", Amount.Coins(40))], posted.Entries.Select(entry => (entry.Order.Kind, entry.Order.Amount)));
        Assert.Equal(Amount.Coins(940), posted.Entries[1].CreditBalance);
        Assert.True(again.Repeated);
        Assert.Equal(posted.Entries, again.Entries);
        Assert.IsType<PostResult.IdConflict>(other);
        Assert.Equal("posted", Assert.IsType<PostResult.HoldNotOpen>(closed).State);
        await ledger.CheckAsync();
    }

    [Theory, EachEngine]
    public async Task A_voided_one_goes_back_whole(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var sender = await ledger.LaunchAsync("PTM", 1_000);
        var hold = Open(ledger, sender, Guid.NewGuid(), 100);
        await PostedAsync(ledger, hold.Command);

        Assert.Equal(Amount.Coins(1_000), (await PostedAsync(ledger, ResolveHold.Void(ledger.NewId(), hold.Id))).Entries[0].CreditBalance);
        Assert.IsType<PostResult.UnknownHold>(await ledger.Writer.SubmitAsync(ResolveHold.Void(ledger.NewId(), Guid.NewGuid()), default));
    }

    [Theory, EachEngine]
    public async Task One_whose_time_is_up_goes_back_and_cannot_be_posted(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var sender = await ledger.LaunchAsync("PTM", 1_000);
        var (late, early) = (Open(ledger, sender, Guid.NewGuid(), 100, minutes: 60), Open(ledger, sender, Guid.NewGuid(), 7, minutes: 10));
        await PostedAsync(ledger, late.Command);
        await PostedAsync(ledger, early.Command);
        Assert.IsType<PostResult.NothingDue>(await ledger.Writer.SubmitAsync(ResolveHold.Expire(ledger.NewId(), early.Id), default));

        ledger.Clock.Advance(TimeSpan.FromMinutes(10));
        var tooLate = await ledger.Writer.SubmitAsync(ResolveHold.Post(ledger.NewId(), early.Id, null), default);
        var ended = await ledger.Services.GetRequiredService<ExpireHolds>().ExecuteAsync(default);

        Assert.Equal("expired", Assert.IsType<PostResult.HoldNotOpen>(tooLate).State);
        Assert.Equal(1, ended);
        var last = (await ledger.Feed.ReadAsync(3, 10, default)).Single();
        Assert.Equal(("expire", Amount.Coins(7), sender), (last.Kind, last.Amount, last.CreditHolder));
        Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(ResolveHold.Post(ledger.NewId(), late.Id, null), default));
        await ledger.CheckAsync();
    }

    [Theory, EachEngine]
    public async Task The_same_pending_transfer_again_gets_its_first_answer(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        var (sender, receiver) = (await ledger.LaunchAsync("PTM", 1_000), Guid.NewGuid());
        var hold = Open(ledger, sender, receiver, 100);
        var first = await PostedAsync(ledger, hold.Command);
        await PostedAsync(ledger, ResolveHold.Void(ledger.NewId(), hold.Id));

        var again = await PostedAsync(ledger, hold.Command);
        var other = new OpenHold(hold.Id, sender, Guid.NewGuid(), "PTM", Amount.Coins(100), hold.ExpiresAt, "", "");

        Assert.True(again.Repeated);
        Assert.Equal(first.Entries, again.Entries);
        Assert.IsType<PostResult.IdConflict>(await ledger.Writer.SubmitAsync(other, default));
    }

    [Theory, EachEngine]
    public async Task Holding_counts_as_sending_and_what_comes_back_gives_the_allowance_back(Engine engine)
    {
        await using var ledger = await TestLedger.CreateAsync(engine);
        // Of 1,000 that circulate 5 % may be sent in 30 days: 50.
        var sender = await ledger.LaunchLimitedAsync("PTM", 1_000, CoinTerms.None with { FlowBasisPoints = 500 });
        var hold = Open(ledger, sender, Guid.NewGuid(), 40);
        await PostedAsync(ledger, hold.Command);

        var over = await ledger.PostAsync(ledger.Order(sender, Guid.NewGuid(), 11));
        await PostedAsync(ledger, ResolveHold.Post(ledger.NewId(), hold.Id, Amount.Coins(10)));
        await ledger.PostedAsync(ledger.Order(sender, Guid.NewGuid(), 40));
        var spent = await ledger.PostAsync(ledger.Order(sender, Guid.NewGuid(), 1));

        Assert.Equal(Amount.Coins(10), Assert.IsType<PostResult.OverAllowance>(over).Remaining);
        Assert.Equal(Amount.Zero, Assert.IsType<PostResult.OverAllowance>(spent).Remaining);
    }

    private static (Guid Id, DateTimeOffset ExpiresAt, OpenHold Command) Open(TestLedger ledger, Guid from, Guid to, long coins, int minutes = 60)
    {
        var (id, expiresAt) = (ledger.NewId(), ledger.Clock.GetUtcNow().AddMinutes(minutes));
        return (id, expiresAt, new OpenHold(id, from, to, "PTM", Amount.Coins(coins), expiresAt, "for a drawing", "order 7"));
    }

    private static async Task<PostResult.Posted> PostedAsync(TestLedger ledger, LedgerCommand command) =>
        Assert.IsType<PostResult.Posted>(await ledger.Writer.SubmitAsync(command, default));
}
