using Rally.Bench;
using Rally.Bench.Benchmarks;

// Every benchmark by the name that tests/bench.sh takes; each is told whether a quick, rougher run is enough.
var benchmarks = new SortedDictionary<string, Func<bool, Task>>
{
    ["auth"] = AuthBenchmark.RunAsync,
    ["ledger"] = LedgerBenchmark.RunAsync,
    ["road"] = RoadBenchmark.RunAsync,
    ["store"] = StoreBenchmark.RunAsync,
    ["webhooks"] = WebhooksBenchmark.RunAsync,
};

var quick = args.Contains("--quick");
if (args.Where(argument => argument != "--quick").ToArray() is not [var name] || !benchmarks.TryGetValue(name, out var run))
{
    Console.Error.WriteLine("usage: tests/bench.sh NAME [--quick]; the names are: " + string.Join(", ", benchmarks.Keys));
    return 2;
}

await run(quick);
return 0;
