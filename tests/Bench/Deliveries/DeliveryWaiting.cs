using System.Diagnostics;
using Rally.Testing;

namespace Rally.Bench.Deliveries;

/// <summary>What a commit costs this process while 10,000 endpoints wait for another coin's.</summary>
internal static class DeliveryWaiting
{
    private const int Endpoints = 10_000;
    private const string Coin = "PTM";
    private const string Other = "KSK";

    public static async Task RunAsync(bool quick)
    {
        var commits = quick ? 200 : 2_000;
        using var folder = new TemporaryFolder();
        await using var network = new BenchNetwork(folder.Path);
        await network.OpenAsync();
        await network.LaunchAsync(Coin);
        await network.LaunchAsync(Other);
        await network.StartAsync();
        await CostAsync(network, commits);
        Measure.Value(await CostAsync(network, commits), "ms", "processor time a commit, one after the other, without endpoints, SQLite");
        await network.SubscribeAsync(Enumerable.Repeat((new Uri("http://127.0.0.1:9/"), (string?)Other), Endpoints));
        await CostAsync(network, 10);
        Measure.Value(await CostAsync(network, commits), "ms", $"the same while {Endpoints:N0} endpoints wait for another coin's");
    }

    private static async Task<double> CostAsync(BenchNetwork network, int commits)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        for (var i = 0; i < commits; i++)
            await network.PostAsync(Coin);
        // Whoever was woken for the last of them comes to rest.
        await Task.Delay(TimeSpan.FromSeconds(1));
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalMilliseconds / commits;
    }
}
