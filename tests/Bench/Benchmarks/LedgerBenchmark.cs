using Rally.Bench.Transfers;

namespace Rally.Bench.Benchmarks;

/// <summary>
/// The ledger's rate and latency against what its engines and disk can do, each pair in turns in one run, on the same disk,
/// every commit durable (<c>synchronous=FULL</c>; <c>fsync</c> and <c>synchronous_commit</c> on). Commands are made before the clock
/// starts. RALLY_BENCH_PART chooses one part: plain, callers, growth or postgres.
/// </summary>
internal static class LedgerBenchmark
{
    private static readonly Dictionary<string, Func<bool, Task>> Parts = new()
    {
        ["plain"] = PlainRate.RunAsync,
        ["callers"] = CallerRates.RunAsync,
        ["growth"] = Growth.RunAsync,
        // Last: the server goes on for a while with what it was given to do.
        ["postgres"] = PostgresRates.RunAsync,
    };

    public static Task RunAsync(bool quick) => MemoryUse.IsAsked ? MemoryUse.RunAsync() : BenchmarkParts.RunAsync(Parts, quick);
}
