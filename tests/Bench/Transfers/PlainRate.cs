using Rally.Testing;

namespace Rally.Bench.Transfers;

/// <summary>Durable transfers on SQLite against the C program that writes the same rows in the same transactions.</summary>
internal static class PlainRate
{
    private const int EachRound = 100_000;

    public static async Task RunAsync(bool quick)
    {
        var rounds = quick ? 5 : 20;
        using var folder = new TemporaryFolder();
        var (ours, theirs) = (Path.Combine(folder.Path, "ours.db"), Path.Combine(folder.Path, "c.db"));
        var holders = new Holders(10_000, seed: 1);
        await using (var empty = await BenchLedger.OpenAsync($"sqlite:{ours}"))
            await empty.FundAsync(holders);
        File.Copy(ours, theirs);

        string version;
        await using (var ledger = await BenchLedger.OpenAsync($"sqlite:{ours}"))
        {
            using var c = await PlainC.StartAsync(theirs, ledger.Database);
            version = ledger.Database.Description.Split(" (")[0];
            if (version != $"SQLite {c.Version}")
                throw new InvalidOperationException($"Ours runs on {version}, the C program on {c.Version}.");
            await RoundsAsync(ledger, holders, c, rounds, version);
            await c.StopAsync();
        }

        if (PlainC.HashOf(ours) != PlainC.HashOf(theirs))
            throw new InvalidOperationException("The C program's rows are not ours.");
    }

    private static async Task RoundsAsync(BenchLedger ledger, Holders holders, PlainC c, int rounds, string version)
    {
        var (oursTime, theirTime, oursProcessor, theirProcessor, batches) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 0);
        var ratios = new List<double>();
        for (var round = -3; round < rounds; round++)
        {
            // The rounds before the first warm both up and do not count.
            var after = await ledger.LastPositionAsync();
            var lists = Orders.Lists(EachRound, _ => holders.AnyOrder());
            GC.Collect();
            var before = Environment.CpuUsage.TotalTime;
            var ours = await Callers.SubmitAsync(ledger.Writer, lists);
            var processor = Environment.CpuUsage.TotalTime - before;
            var recorded = await RecordedBatch.ReadAsync(ledger.Database, after);
            var theirs = await c.WriteAsync(recorded);
            if (round < 0)
                continue;
            (oursTime, theirTime) = (oursTime + ours, theirTime + theirs.Elapsed);
            (oursProcessor, theirProcessor) = (oursProcessor + processor, theirProcessor + theirs.Processor);
            batches += recorded.Count;
            ratios.Add(theirs.Elapsed / ours);
        }

        var transfers = (double)rounds * EachRound;
        ratios.Sort();
        Measure.Value(transfers / oursTime.TotalSeconds, "transfers/s",
            $"durable, {version}, {Callers.InFlight} callers with lists of {Orders.EachList}, {holders.Count} accounts, {transfers / batches:0} a transaction");
        Measure.Value(transfers / theirTime.TotalSeconds, "transfers/s", "C writes the identical rows in the same transactions");
        Measure.Value(oursProcessor.TotalMicroseconds / transfers, "us", "processor time a transfer, callers and garbage collector included");
        Measure.Value(theirProcessor.TotalMicroseconds / transfers, "us", "processor time a transfer, C");
        Measure.Ratio(ratios[ratios.Count / 2], 0.80,
            $"durable transfers/s against C writing the identical rows, median of {rounds} rounds ({ratios[0]:0.00} to {ratios[^1]:0.00})");
    }
}
