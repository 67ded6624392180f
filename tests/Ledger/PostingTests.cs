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
}
