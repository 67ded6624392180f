namespace Rally.Bench;

/// <summary>A benchmark in parts, of which RALLY_BENCH_PART may choose one.</summary>
internal static class BenchmarkParts
{
    public static async Task RunAsync(IReadOnlyDictionary<string, Func<bool, Task>> parts, bool quick)
    {
        var only = Environment.GetEnvironmentVariable("RALLY_BENCH_PART");
        foreach (var (name, run) in parts)
        {
            if (only is null || only == name)
                await run(quick);
        }
    }
}
