using Rally.Auth.Spending;
using Rally.Storage;
using Rally.Testing;
using Xunit;
using static Rally.Auth.Spending.SpendingLimits;

namespace Rally.Auth.Tests;

/// <summary>What an app may spend: kept to, whatever happens meanwhile.</summary>
public sealed class SpendingTests
{
    [Theory, EachEngine]
    public async Task Without_a_limit_nothing_can_be_spent_and_with_one_to_the_unit(Engine engine)
    {
        await using var bench = await SpendingBench.StartAsync(engine);
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.None, 0, 0), await bench.ReserveAsync(1));

        await bench.AllowAsync(new("PTM", 100, 250), new("*", 5, 6));
        await bench.SpendAsync(60);
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 40), await bench.ReserveAsync(41));
        await bench.SpendAsync(40);
        bench.Server.Clock.Jump(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 0), await bench.ReserveAsync(1));
        bench.Server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await bench.SpendAsync(100);
        bench.Server.Clock.Jump(TimeSpan.FromHours(24));
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.All, 250, 50), await bench.ReserveAsync(51));

        // Each other coin by itself.
        await bench.SpendAsync(5, "AAA");
        await bench.SpendAsync(5, "BBB");
        Assert.Equal(new Verdict.OverLimit("AAA", SpendingBound.Day, 5, 0), await bench.ReserveAsync(1, "AAA"));
    }

    [Theory, EachEngine]
    public async Task Several_at_once_take_room_together_or_not_at_all(Engine engine)
    {
        await using var bench = await SpendingBench.StartAsync(engine, new SpendingLimit("PTM", 100, 100), new SpendingLimit("AAA", 10, 10));

        Spend[] tooMuch = [bench.New(60), bench.New(5, "AAA"), bench.New(41)];
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 100), await bench.ReserveAsync(tooMuch));
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([bench.New(60), bench.New(10, "AAA"), bench.New(40)]));
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1));
        // Their sum does not fit 64 bits.
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync([bench.New(long.MaxValue), bench.New(long.MaxValue)]));
    }

    [Theory, EachEngine]
    public async Task A_refusal_gives_the_room_back_and_the_same_id_counts_once(Engine engine)
    {
        await using var bench = await SpendingBench.StartAsync(engine, new SpendingLimit("PTM", 100, 100));
        var spend = bench.New(100);

        await bench.ReserveAsync([spend]);
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([spend]));
        await bench.Limits.RefusedAsync(bench.Account, [spend.TransferId], "too little");
        // The other of the two may still be posted.
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1));
        await bench.Limits.RefusedAsync(bench.Account, [spend.TransferId], "too little");

        // What was refused may come again, with another amount too.
        var smaller = spend with { MinorUnits = 70 };
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([smaller]));
        await bench.Limits.PostedAsync(bench.Account, [smaller]);
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([smaller]));
        Assert.Equal(new Verdict.IdTaken(spend.TransferId), await bench.ReserveAsync([spend]));
        Assert.Equal(new Verdict.IdTaken(spend.TransferId), await bench.Limits.ReserveAsync(bench.Account, "other", [smaller]));
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 30), await bench.ReserveAsync(31));
        await bench.SpendAsync(30);
    }

    [Theory, EachEngine]
    public async Task What_left_in_truth_is_what_counts(Engine engine)
    {
        await using var bench = await SpendingBench.StartAsync(engine, new SpendingLimit("PTM", 100, 100));
        var trade = bench.New(90);
        await bench.ReserveAsync([trade]);
        await bench.Limits.PostedAsync(bench.Account, [trade with { MinorUnits = 20 }]);

        await bench.SpendAsync(80);
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1));
    }

    [Theory, EachEngine]
    public async Task A_crash_loses_no_room_for_ever_and_lets_nothing_more_be_spent(Engine engine)
    {
        await using var bench = await SpendingBench.StartAsync(engine, new SpendingLimit("PTM", 100, 1_000));
        var (lost, made) = (bench.New(50), bench.New(50));
        await bench.ReserveAsync([lost]);
        await bench.ReserveAsync([made]);
        bench.Ledger.Entries[made.TransferId] = new(50, IsPending: false);

        bench.Server.Clock.Advance(SettleSpending.Lease - TimeSpan.FromSeconds(1));
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1));
        bench.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 50), await bench.ReserveAsync(51));
        await bench.SpendAsync(20);

        // The lost one comes late after all: it is counted, and may be repeated.
        await bench.Limits.PostedAsync(bench.Account, [lost]);
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([lost]));
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 0), await bench.ReserveAsync(1));
    }

    [Theory, EachEngine]
    public async Task Held_coins_count_at_once_and_come_back_when_nobody_takes_them(Engine engine)
    {
        await using var bench = await SpendingBench.StartAsync(engine, new SpendingLimit("PTM", 100, 100));
        var (declined, inPart) = (bench.New(60), bench.New(40));
        foreach (var pending in new[] { declined, inPart })
        {
            await bench.ReserveAsync([pending]);
            await bench.Limits.PostedAsync(bench.Account, [pending], isPending: true);
            bench.Ledger.Entries[pending.TransferId] = new(pending.MinorUnits, IsPending: true);
        }

        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1));
        bench.Ledger.Entries[declined.TransferId] = new(0, IsPending: false);
        bench.Ledger.Entries[inPart.TransferId] = new(10, IsPending: false);
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 90), await bench.ReserveAsync(91));
        // The same again is the first answer again, and takes nothing.
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([declined]));
        await bench.Limits.PostedAsync(bench.Account, [declined], isPending: true);
        await bench.SpendAsync(90);
    }

    [Theory, EachEngine]
    public async Task Of_two_at_once_that_do_not_both_fit_one_passes(Engine engine)
    {
        await using var bench = await SpendingBench.StartAsync(engine, new SpendingLimit("PTM", 100, 1_000_000));
        for (var round = 0; round < 4; round++)
        {
            var verdicts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => bench.ReserveAsync(60))));
            Assert.Single(verdicts.OfType<Verdict.Reserved>());
            bench.Server.Clock.Jump(TimeSpan.FromHours(24));
        }
    }

    /// <summary>Many callers at once, each doing what befalls requests: posted, refused, repeated, lost before or after the ledger.</summary>
    [Theory, EachEngine]
    public async Task No_interleaving_spends_more_than_a_limit(Engine engine)
    {
        const long perDay = 500, inAll = 1_500;
        await using var bench = await SpendingBench.StartAsync(engine, new SpendingLimit("PTM", perDay, inAll));
        var known = new List<Spend>();
        for (var day = 0; day < 4; day++)
        {
            var before = bench.Ledger.Total;
            await Task.WhenAll(Enumerable.Range(0, 6).Select(caller => Task.Run(async () =>
            {
                var random = new Random((day * 100) + caller);
                for (var step = 0; step < 10; step++)
                {
                    Spend spend;
                    lock (known)
                    {
                        spend = known.Count > 0 && random.Next(3) == 0 ? known[random.Next(known.Count)] : bench.New(random.Next(1, 120));
                        known.Add(spend);
                    }

                    if (await bench.ReserveAsync([spend]) is not Verdict.Reserved)
                        continue;
                    var fate = random.Next(10);
                    if (fate == 0)
                        continue; // Lost before the ledger.
                    var isPosted = bench.Ledger.Post(spend, refuse: fate < 4);
                    if (fate == 9)
                        continue; // Lost after it.
                    if (isPosted)
                        await bench.Limits.PostedAsync(bench.Account, [spend]);
                    else
                        await bench.Limits.RefusedAsync(bench.Account, [spend.TransferId], "no");
                }
            })));
            Assert.InRange(bench.Ledger.Total - before, 1, perDay);
            Assert.InRange(bench.Ledger.Total, 1, inAll);
            // Lost ones are settled, so that the next day's room is whole.
            bench.Server.Clock.Jump(TimeSpan.FromHours(24));
            await bench.Server.Get<SettleSpending>().RunAsync(null, null, default);
            if (bench.Ledger.Total >= inAll - 1)
                break;
        }

        // All that is left can be spent, and not a unit more.
        var left = inAll - bench.Ledger.Total;
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(Math.Min(left, perDay) + 1));
        if (left > 0)
            Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync(Math.Min(left, perDay)));
    }

    [Theory, EachEngine]
    public async Task Limits_end_with_the_consent_and_uses_stay(Engine engine)
    {
        await using var bench = await SpendingBench.StartAsync(engine, new SpendingLimit("PTM", 100, 100));
        await bench.SpendAsync(60);

        await bench.Server.Get<Apps.Consents>().RevokeAsync(bench.Account, "bot", default);
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.None, 0, 0), await bench.ReserveAsync(1));
        bench.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.AllowAsync(new SpendingLimit("PTM", 100, 100));
        // A new consent counts in all anew, and never the day.
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 40), await bench.ReserveAsync(41));
    }
}
