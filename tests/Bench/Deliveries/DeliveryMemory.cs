using System.Globalization;
using Rally.Testing;

namespace Rally.Bench.Deliveries;

/// <summary>Memory of a process that delivers to 10,000 endpoints, each a host of its own, of which 100 hang.</summary>
internal static class DeliveryMemory
{
    private const string Variable = "RALLY_BENCH_ENDPOINTS";
    private const int Endpoints = 10_000;
    private const int Hanging = 100;
    private const string Coin = "PTM";

    /// <summary>Whether this process was started to be measured.</summary>
    public static bool IsAsked => Environment.GetEnvironmentVariable(Variable) is not null;

    public static async Task MeasureAsync(bool quick)
    {
        var events = quick ? 5 : 20;
        using var sink = await SinkProcess.StartAsync();
        using var process = BenchProcess.Start(Variable, FormattableString.Invariant($"{sink.Address.Port} {events}"));
        var figures = (await process.StandardOutput.ReadToEndAsync()).Split(' ');
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException("The process to be measured failed.");
        string[] what =
        [
            "ledger and webhooks without endpoints",
            $"while {events} events go to {Endpoints:N0} endpoints at {Endpoints:N0} hosts of which {Hanging} hang, the most",
            $"the same once the others have all, after a collection; connections stay open for a minute",
        ];
        for (var i = 0; i < what.Length; i++)
            Measure.Value(double.Parse(figures[i], CultureInfo.InvariantCulture), "MB", $"resident memory, {what[i]}");
        Measure.Value(double.Parse(figures[3], CultureInfo.InvariantCulture), "MB", $"managed memory, {what[2]}");
        Measure.Value(double.Parse(figures[4], CultureInfo.InvariantCulture), "deliveries/s", $"in that process, {events} events to {Endpoints - Hanging:N0} endpoints");
    }

    /// <summary>Delivers, and prints the megabytes.</summary>
    public static async Task RunAsync()
    {
        var asked = Environment.GetEnvironmentVariable(Variable)!.Split(' ').Select(number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        using var folder = new TemporaryFolder();
        var network = new BenchNetwork(folder.Path);
        await network.OpenAsync();
        await network.LaunchAsync(Coin);
        await network.StartAsync();
        var empty = BenchProcess.Resident;
        await network.SubscribeAsync(Enumerable.Range(0, Endpoints).Select(i => (
            new Uri($"http://host{i}.example:{asked[0]}/{(i % (Endpoints / Hanging) == 0 ? "hang" : "taken")}"), (string?)null)));
        var begin = await network.LastPositionAsync();

        var most = 0L;
        using var done = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                most = Math.Max(most, BenchProcess.Resident);
                await Task.Delay(50);
            }
        });
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await network.PostAsync(Coin, asked[1]);
        await network.StoredAsync(begin + asked[1], Endpoints - Hanging);
        var rate = asked[1] * (Endpoints - Hanging) / System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        await done.CancelAsync();
        await watching;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Console.Write(FormattableString.Invariant($"{empty / 1e6:0.0} {most / 1e6:0.0} {BenchProcess.Resident / 1e6:0.0} {GC.GetTotalMemory(forceFullCollection: true) / 1e6:0.0} {rate:0}"));
        await network.StopAsync();
    }
}
