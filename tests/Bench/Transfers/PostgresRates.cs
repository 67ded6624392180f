namespace Rally.Bench.Transfers;

/// <summary>The PostgreSQL store against one call a transfer, and against one bare set-based statement a batch.</summary>
internal static class PostgresRates
{
    private const int EachRound = 50_000;
    private const int EachSetBasedRound = 200_000;
    private const int CallsEachRound = 4_000;

    public static async Task RunAsync(bool quick)
    {
        var holders = new Holders(10_000, seed: 3);
        await using var pair = await PostgresPair.CreateAsync(holders);
        await SetBasedAsync(pair, holders, rounds: quick ? 3 : 10);
        await OneCallEachAsync(pair, holders, rounds: quick ? 3 : 10);
    }

    private static async Task SetBasedAsync(PostgresPair pair, Holders holders, int rounds)
    {
        await using var peer = await SetStatement.OpenAsync(pair.Peer);
        var (ratios, oursTime, batches) = (new List<double>(), TimeSpan.Zero, 0);
        for (var round = -1; round < rounds; round++)
        {
            // Long enough for the server's own writing to come to both.
            var after = await pair.Ledger.LastPositionAsync();
            var ours = await Callers.SubmitAsync(pair.Ledger.Writer, Orders.Lists(EachSetBasedRound, _ => holders.AnyOrder()));
            var recorded = await RecordedBatch.ReadAsync(pair.Ledger.Database, after);
            var theirs = await peer.WriteAsync(recorded);
            if (round < 0)
                continue;
            ratios.Add(theirs / ours);
            (oursTime, batches) = (oursTime + ours, batches + recorded.Count);
        }

        await pair.CompareAsync();
        ratios.Sort();
        var transfers = (double)rounds * EachSetBasedRound;
        Measure.Value(transfers / oursTime.TotalSeconds, "transfers/s",
            $"durable, PostgreSQL store, {Callers.InFlight} callers with lists of {Orders.EachList}, {transfers / batches:0} a transaction");
        Measure.Ratio(ratios[ratios.Count / 2], 0.7,
            $"PostgreSQL store against one prepared set-based statement a batch, same schema, rows and batches, median of {rounds} rounds ({ratios[0]:0.00} to {ratios[^1]:0.00})");
    }

    private static async Task OneCallEachAsync(PostgresPair pair, Holders holders, int rounds)
    {
        await using var peer = await OneCallEach.OpenAsync(pair.Peer);
        var (ours, single, theirs) = (TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        for (var round = -1; round < rounds; round++)
        {
            var lists = await Callers.SubmitAsync(pair.Ledger.Writer, Orders.Lists(EachRound, _ => holders.AnyOrder()));
            var calls = await peer.PostAsync([.. Enumerable.Range(0, CallsEachRound).Select(_ => holders.AnyOrder())]);
            var lone = await Callers.SubmitAsync(pair.Ledger.Writer, Orders.Commands(CallsEachRound * 2, _ => holders.AnyOrder()), callers: 256);
            if (round >= 0)
                (ours, single, theirs) = (ours + lists, single + lone, theirs + calls);
        }

        var (oursRate, theirRate) = (rounds * EachRound / ours.TotalSeconds, rounds * CallsEachRound / theirs.TotalSeconds);
        var singleRate = rounds * CallsEachRound * 2 / single.TotalSeconds;
        Measure.Value(theirRate, "transfers/s", $"durable, a PL/pgSQL call for each transfer as pgledger does, {OneCallEach.Clients} clients");
        Measure.Value(singleRate / theirRate, "times", $"PostgreSQL store with 256 callers of one transfer each ({singleRate:0} transfers/s) against it");
        Measure.Ratio(oursRate / theirRate, 10, $"PostgreSQL store with {Callers.InFlight} callers of {Orders.EachList} transfers against one call a transfer, same server");
    }
}
