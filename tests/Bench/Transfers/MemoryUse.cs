using System.Globalization;

namespace Rally.Bench.Transfers;

/// <summary>Memory of a process that has nothing but the ledger open, once every account was used.</summary>
internal static class MemoryUse
{
    private const string Variable = "RALLY_BENCH_MEMORY";

    /// <summary>Whether this process was started to be measured.</summary>
    public static bool IsAsked => Environment.GetEnvironmentVariable(Variable) is not null;

    /// <summary>Has a process of its own use the ledger, and prints what it took.</summary>
    public static async Task MeasureAsync(string setting, int accounts, int seed, int cached)
    {
        using var process = BenchProcess.Start(Variable, FormattableString.Invariant($"{accounts}|{seed}|{cached}|{setting}"));
        var figures = (await process.StandardOutput.ReadToEndAsync()).Split(' ');
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException("The process to be measured failed.");
        var what = $"all of {accounts:N0} accounts used, CachedAccounts {cached:N0}";
        Measure.Value(double.Parse(figures[0], CultureInfo.InvariantCulture), "MB", $"managed memory, {what}");
        Measure.Value(double.Parse(figures[1], CultureInfo.InvariantCulture), "MB", $"resident memory, {what}");
    }

    /// <summary>Uses every account once and prints managed and resident megabytes.</summary>
    public static async Task RunAsync()
    {
        var parts = Environment.GetEnvironmentVariable(Variable)!.Split('|', 4);
        var figures = parts.Take(3).Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var (managed, resident) = await UseAsync(parts[3], figures[0], figures[1], figures[2]);
        Console.Write(FormattableString.Invariant($"{managed / 1e6:0.0} {resident / 1e6:0.0}"));
    }

    private static async Task<(long Managed, long Resident)> UseAsync(string setting, int accounts, int seed, int cached)
    {
        var holders = new Holders(accounts, seed);
        await using var ledger = await BenchLedger.OpenAsync(setting, options => options.CachedAccounts = cached);
        await ledger.SubmitAsync(accounts / 2, i => holders.Order(holders[2 * i], holders[(2 * i) + 1], holders.AnyAmount()));
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        // The benchmark's own list of holders is not the ledger's.
        var managed = GC.GetTotalMemory(forceFullCollection: true) - (16L * holders.Count);
        return (managed, BenchProcess.Resident - (16L * holders.Count));
    }
}
