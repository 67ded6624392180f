using Dapper;
using Rally.Bot.Linking;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>What the ledger refuses beyond funds, in the words of <c>/coin send</c>.</summary>
public sealed class RefusedTransferTests
{
    [Theory, EachEngine]
    public async Task A_sender_over_their_allowance_is_told_what_is_left(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine);
        await town.LinkAsync(town.Creator, "portemonnaie");
        await town.LinkAsync(town.Fan, "fan");
        var creator = (await town.Inside<Links>().FindAsync(town.Creator, CancellationToken.None))!.RallyId;
        var friend = await town.NewLinkedFanAsync();
        Assert.IsType<LaunchCoin.Result.Launched>(await town.Inside<LaunchCoin>().ExecuteAsync(
            new("FLOW", "Flow", creator) { Curve = "fixed", Supply = Amount.Coins(1_000), Terms = CoinTerms.None with { FlowBasisPoints = 500 } }, default));
        await town.SaysAsync(town.Creator, "rally", "setup", "FLOW", ("symbol", "FLOW"));
        await town.SaysAsync(town.Creator, "coin", "send", "sent **50 FLOW**", ("member", $"{town.Fan}"), ("amount", "50"));

        await town.SaysAsync(town.Creator, "coin", "send", "You can send **0", ("member", $"{town.Fan}"), ("amount", "1"));
        await town.SaysAsync(town.Fan, "coin", "send", "sent **20 FLOW**", ("member", $"{friend}"), ("amount", "20"));
        await town.SaysAsync(town.Fan, "coin", "send", "sent **30 FLOW**", ("member", $"{town.Creator}"), ("amount", "30"));
    }

    [Theory, EachEngine]
    public async Task A_suspended_coin_stays_where_it_is(Engine engine)
    {
        await using var town = await Town.WithGoldTierAsync(engine);
        await town.LinkAsync(town.Fan, "fan");
        await town.Inside<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE ledger_coin SET suspended = 1, revision = (SELECT max(revision) + 1 FROM ledger_coin) WHERE symbol = 'PTM'", transaction: transaction));
        await town.StopBotAsync();
        await town.StartBotAsync();

        await town.SaysAsync(town.Creator, "coin", "send", "**PTM** is suspended by Rally's operator", ("member", $"{town.Fan}"), ("amount", "1"));
    }
}
