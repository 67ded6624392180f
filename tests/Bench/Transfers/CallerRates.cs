using System.Diagnostics;
using Rally.Ledger.Journal;
using Rally.Testing;

namespace Rally.Bench.Transfers;

/// <summary>On SQLite: a lone transfer against a bare durable write, 256 callers against one, a hot account against many.</summary>
internal static class CallerRates
{
    private const int Accounts = 10_000;

    public static async Task RunAsync(bool quick)
    {
        using var folder = new TemporaryFolder();
        await using var ledger = await BenchLedger.OpenAsync($"sqlite:{folder.Path}/ours.db");
        var holders = new Holders(Accounts, seed: 2);
        await ledger.FundAsync(holders);
        await LoneAsync(ledger.Writer, holders, folder.Path, transfers: quick ? 1_000 : 5_000);
        await ManyAsync(ledger.Writer, holders, rounds: quick ? 3 : 10);
        await HotAsync(ledger.Writer, holders, rounds: quick ? 3 : 10);
    }

    private static async Task LoneAsync(LedgerWriter writer, Holders holders, string folder, int transfers)
    {
        await AloneAsync(writer, holders, folder, transfers, "while SQLite's log file still grows");
        await FillLogAsync(writer, holders, folder);
        await AloneAsync(writer, holders, folder, transfers, "once SQLite's log file has its length");
    }

    /// <summary>Single transfers, each followed by a bare durable write.</summary>
    private static async Task AloneAsync(LedgerWriter writer, Holders holders, string folder, int transfers, string when)
    {
        using var disk = new DurableAppend(Path.Combine(folder, "appended"));
        var commands = Orders.Commands(transfers, _ => holders.AnyOrder());
        var (ours, bare) = (new List<double>(transfers), new List<double>(transfers));
        for (var i = 0; i < transfers; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await writer.SubmitAsync(commands[i], default);
            ours.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            started = Stopwatch.GetTimestamp();
            disk.Write();
            bare.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        ours.Sort();
        bare.Sort();
        var (oursMiddle, bareMiddle) = (ours[transfers / 2], bare[transfers / 2]);
        Measure.Value(oursMiddle, "us", $"lone transfer until durable, {when}, p50 of {transfers} (p99 {ours[(int)(transfers * 0.99)]:0} us)");
        Measure.Value(bareMiddle, "us", $"4 KiB appended and fdatasync in the same folder, p50 (p99 {bare[(int)(transfers * 0.99)]:0} us)");
        Measure.Ratio(2 * bareMiddle / oursMiddle, 1,
            $"twice fdatasync's p50 against a lone transfer's, {when}: the transfer takes {oursMiddle / bareMiddle:0.00} fdatasyncs, and may take 2");
    }

    /// <summary>Until SQLite writes its log from the start again: a file that grows costs the file system a second write each time.</summary>
    private static async Task FillLogAsync(LedgerWriter writer, Holders holders, string folder)
    {
        for (var unchanged = 0; unchanged < 5;)
        {
            var before = LogLength(folder);
            await Callers.SubmitAsync(writer, Orders.Commands(20_000, _ => holders.AnyOrder()), callers: 256);
            unchanged = LogLength(folder) == before ? unchanged + 1 : 0;
        }
    }

    private static long LogLength(string folder) => new FileInfo(Path.Combine(folder, "ours.db-wal")).Length;

    private static async Task ManyAsync(LedgerWriter writer, Holders holders, int rounds)
    {
        var (one, many) = (TimeSpan.Zero, TimeSpan.Zero);
        const int byOne = 2_000, byMany = 50_000;
        for (var round = 0; round < rounds; round++)
        {
            one += await Callers.SubmitAsync(writer, Orders.Commands(byOne, _ => holders.AnyOrder()), callers: 1);
            many += await Callers.SubmitAsync(writer, Orders.Commands(byMany, _ => holders.AnyOrder()), callers: 256);
        }

        var (oneRate, manyRate) = (rounds * byOne / one.TotalSeconds, rounds * byMany / many.TotalSeconds);
        Measure.Value(oneRate, "transfers/s", "durable, 1 caller, one transfer a call");
        Measure.Value(manyRate, "transfers/s", "durable, 256 callers, one transfer a call");
        Measure.Ratio(manyRate / oneRate, 5, "256 callers against 1");
    }

    private static async Task HotAsync(LedgerWriter writer, Holders holders, int rounds)
    {
        const int eachRound = 100_000;
        var ratios = new List<double>();
        for (var round = -1; round < rounds; round++)
        {
            var uniform = await Callers.SubmitAsync(writer, Orders.Lists(eachRound, _ => holders.AnyOrder()));
            var hot = await Callers.SubmitAsync(writer, Orders.Lists(eachRound, holders.HotOrder));
            if (round >= 0)
                ratios.Add(uniform / hot);
        }

        ratios.Sort();
        Measure.Ratio(ratios[ratios.Count / 2], 1, $"one hot account in every transfer against uniform over {holders.Count} accounts, median of {rounds} rounds");
    }
}
