using Rally.Bench.Deliveries;

namespace Rally.Bench.Benchmarks;

/// <summary>
/// Outgoing webhooks on SQLite, every commit durable, to a web server in a process of its own on this machine. RALLY_BENCH_PART
/// chooses one part: rate, latency, memory or waiting.
/// </summary>
internal static class WebhooksBenchmark
{
    private static readonly Dictionary<string, Func<bool, Task>> Parts = new()
    {
        ["rate"] = DeliveryRate.RunAsync,
        ["latency"] = DeliveryLatency.RunAsync,
        ["memory"] = DeliveryMemory.MeasureAsync,
        ["waiting"] = DeliveryWaiting.RunAsync,
    };

    public static Task RunAsync(bool quick)
    {
        if (SinkProcess.IsAsked)
            return SinkProcess.RunAsync();
        return DeliveryMemory.IsAsked ? DeliveryMemory.RunAsync() : BenchmarkParts.RunAsync(Parts, quick);
    }
}
