using System.Collections.Concurrent;
using System.Diagnostics;
using Rally.Testing;

namespace Rally.Bench.Deliveries;

/// <summary>
/// From a transfer's commit, as its sender is answered, to its message's arrival: transfers of many coins at a steady pace, each coin
/// with an endpoint of its own.
/// </summary>
internal static class DeliveryLatency
{
    private const int Coins = 50;

    public static async Task RunAsync(bool quick)
    {
        using var folder = new TemporaryFolder();
        using var sink = await SinkProcess.StartAsync();
        await using var network = new BenchNetwork(folder.Path);
        await network.OpenAsync();
        for (var coin = 0; coin < Coins; coin++)
            await network.LaunchAsync($"C{coin}");
        await network.SubscribeAsync(Enumerable.Range(0, Coins).Select(coin => (new Uri(sink.Address, "timed"), (string?)$"C{coin}")));
        await network.StartAsync();
        await MeasureAsync(network, sink, perSecond: 5_000, TimeSpan.FromSeconds(2), print: false);
        foreach (var perSecond in new[] { 100, 5_000 })
            await MeasureAsync(network, sink, perSecond, TimeSpan.FromSeconds(quick ? 5 : 20), print: true);
        await network.StopAsync();
    }

    private static async Task MeasureAsync(BenchNetwork network, SinkProcess sink, int perSecond, TimeSpan duration, bool print)
    {
        var committed = new ConcurrentDictionary<Guid, long>();
        var (watch, posting) = (Stopwatch.StartNew(), new List<Task>());
        while (watch.Elapsed < duration)
        {
            for (var due = (long)(watch.Elapsed.TotalSeconds * perSecond); posting.Count < due;)
                posting.Add(PostAsync($"C{posting.Count % Coins}"));
            await Task.Delay(1);
        }

        await Task.WhenAll(posting);
        var rate = posting.Count / watch.Elapsed.TotalSeconds;
        var arrivals = new List<(Guid Transfer, long At)>();
        await Eventually.TrueAsync(async () =>
        {
            arrivals.AddRange(await sink.ArrivalsAsync());
            return arrivals.Count >= posting.Count;
        }, "everything arrives", TimeSpan.FromMinutes(2));
        if (!print)
            return;
        // One that arrives before its sender has been answered took no time at all.
        var milliseconds = arrivals.Select(one => Math.Max(0, Stopwatch.GetElapsedTime(committed[one.Transfer], one.At).TotalMilliseconds)).Order().ToArray();
        var what = $"commit to receipt at {perSecond:N0} events/s ({rate:0} kept up), {Coins} coins with an endpoint each";
        Measure.Value(milliseconds[milliseconds.Length / 2], "ms", $"{what}, p50 of {milliseconds.Length}");
        Measure.Value(milliseconds[(int)(milliseconds.Length * 0.99)], "ms", $"{what}, p99");

        async Task PostAsync(string coin)
        {
            var id = await network.PostAsync(coin);
            committed[id] = Stopwatch.GetTimestamp();
        }
    }
}
