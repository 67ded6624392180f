using Rally.Testing;

namespace Rally.Bench.Transfers;

/// <summary>What a long log and many accounts cost, on SQLite: rates against a ledger that is all but empty, and memory.</summary>
internal static class Growth
{
    private const int EachRound = 200_000;
    private const int Active = 10_000;
    private const int Seed = 4;

    public static async Task RunAsync(bool quick)
    {
        var (accounts, rows) = quick ? (100_000, 1_000_000) : (1_000_000, 10_000_000);
        using var folder = new TemporaryFolder();
        var big = $"sqlite:{folder.Path}/big.db";
        var holders = new Holders(accounts, Seed);
        await BuildAsync(big, holders, rows);
        await RatesAsync($"sqlite:{folder.Path}/empty.db", big, holders, rounds: quick ? 2 : 10, rows);
        await MemoryUse.MeasureAsync(big, accounts, Seed, cached: 2_000_000);
        await MemoryUse.MeasureAsync(big, accounts, Seed, cached: accounts / 10);
    }

    // Through the writer, in the accounts' order, which is fast.
    private static async Task BuildAsync(string setting, Holders holders, int rows)
    {
        await using var ledger = await BenchLedger.OpenAsync(setting);
        await ledger.FundAsync(holders);
        await ledger.SubmitAsync(rows - holders.Count - 1, i =>
            holders.Order(holders[i % holders.Count], holders[(i + 1) % holders.Count], holders.AnyAmount()));
        await ledger.CheckAsync();
    }

    private static async Task RatesAsync(string empty, string big, Holders many, int rounds, int rows)
    {
        var few = new Holders(Active, seed: 5);
        await using var small = await BenchLedger.OpenAsync(empty);
        await small.FundAsync(few);
        await using var grown = await BenchLedger.OpenAsync(big);
        var (none, active, uniform) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        // Every account is used once, so that the writer has all of them in memory, as it has when it has run for a while.
        await grown.SubmitAsync(many.Count / 2, i => many.Order(many[2 * i], many[(2 * i) + 1], many.AnyAmount()));
        for (var round = -2; round < rounds; round++)
        {
            var a = await Callers.SubmitAsync(small.Writer, Orders.Lists(EachRound, _ => few.AnyOrder()));
            var b = await Callers.SubmitAsync(grown.Writer, Orders.Lists(EachRound, _ => many.AnyOrder(Active)));
            var c = await Callers.SubmitAsync(grown.Writer, Orders.Lists(EachRound, _ => many.AnyOrder()));
            if (round >= 0)
                (none, active, uniform) = (none + a, active + b, uniform + c);
        }

        var big1 = $"at {rows:N0} rows and {many.Count:N0} accounts against an empty ledger";
        var transfers = (double)rounds * EachRound;
        Measure.Value(transfers / none.TotalSeconds, "transfers/s", $"empty ledger with {Active:N0} accounts");
        Measure.Value(transfers / active.TotalSeconds, "transfers/s", $"{rows:N0} rows, {many.Count:N0} accounts of which {Active:N0} are active");
        Measure.Value(transfers / uniform.TotalSeconds, "transfers/s", $"{rows:N0} rows, all of {many.Count:N0} accounts alike");
        Measure.Ratio(none / active, 0.5, $"transfers/s {big1}, {Active:N0} accounts active");
        Measure.Ratio(none / uniform, 0.5, $"transfers/s {big1}, all accounts alike");
    }
}
