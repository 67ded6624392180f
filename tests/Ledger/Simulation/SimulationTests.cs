using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Rally.Storage;
using Rally.Testing;
using Xunit;
using Xunit.Abstractions;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>
/// Thousands of short lives of a ledger, each from a seed. RALLY_SEED=123 runs only that one; RALLY_LONG=1 more of them.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    // What a seed must not be too tame for; each is an answer, a fault or an outcome.
    private static readonly string[] Wanted =
    [
        "Posted", "Repeated", "CoinSaved", "CoinExists", "InsufficientFunds", "UnknownCoin", "SameAccount", "IdConflict", "BalanceOverflow",
        "CoinSuspended", "OverAllowance", "NoMarket", "BeyondBound", "SoldOut", "TooSmall", "TooLarge", "PurchaseTooLarge", "PurchaseTooSoon",
        "UnknownHold", "HoldNotOpen", "MoreThanHeld", "NothingDue", "Restart",
        "Next, after a look", "Next, decided before", "Next, decided again", "Accounts read beside a write", "Accounts not read, fault",
    ];

    private static readonly string[] WantedOfPostgres = ["Decided, and another process wrote"];

    private static bool IsLong => Environment.GetEnvironmentVariable("RALLY_LONG") == "1";

    private static int? OnlySeed =>
        Environment.GetEnvironmentVariable("RALLY_SEED") is { Length: > 0 } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : null;

    [Fact]
    public Task On_SQLite_every_seed_does_as_the_model_does() =>
        RunAsync(Engine.Sqlite, IsLong ? 10_000 : 2_000, Environment.ProcessorCount, async () => await SqliteSimulatedStore.CreateAsync());

    // Its processes wait for the server half of the time.
    [PostgresFact]
    public Task On_PostgreSQL_every_seed_does_as_the_model_does() =>
        RunAsync(Engine.Postgres, IsLong ? 10_000 : 200, 2 * Environment.ProcessorCount, async () => await PostgresSimulatedStore.CreateAsync());

    private async Task RunAsync(Engine engine, int seeds, int sideBySide, Func<Task<SimulatedStore>> open)
    {
        var (watch, seen) = (Stopwatch.StartNew(), new ConcurrentDictionary<string, int>());
        var (first, last) = OnlySeed is { } only ? (only, only) : (1, seeds);
        var next = first - 1;
        using var failed = new CancellationTokenSource();
        await Task.WhenAll(Enumerable.Range(0, sideBySide).Select(_ => Task.Run(async () =>
        {
            await using var store = await open();
            while (!failed.IsCancellationRequested && Interlocked.Increment(ref next) is var seed && seed <= last)
            {
                foreach (var (what, times) in await RunAsync(engine, seed, store, failed))
                    seen.AddOrUpdate(what, times, (_, before) => before + times);
            }
        })));

        output.WriteLine($"{last - first + 1} seeds on {engine} in {watch.Elapsed.TotalSeconds:0.0} s");
        output.WriteLine(string.Join('\n', seen.OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Value,8} {kind.Key}")));
        if (OnlySeed is null)
            Assert.Equal([], (engine == Engine.Postgres ? [.. Wanted, .. WantedOfPostgres] : Wanted).Except(seen.Keys));
    }

    private static async Task<IReadOnlyDictionary<string, int>> RunAsync(Engine engine, int seed, SimulatedStore store, CancellationTokenSource failed)
    {
        try
        {
            return (await Simulation.RunAsync(seed, store)).Seen;
        }
        catch (SimulationException fault)
        {
            await failed.CancelAsync();
            var shortest = await ShortestAsync(seed, store, fault);
            throw new InvalidOperationException(
                $"Seed {seed} on {engine} fails after {shortest.Steps} steps; again with RALLY_SEED={seed}, " +
                $"dotnet test tests/Ledger --filter {nameof(SimulationTests)}.\n{shortest.Message}");
        }
    }

    /// <summary>A difference may be found long after it was made: the fewest steps that show it when they are the last.</summary>
    private static async Task<SimulationException> ShortestAsync(int seed, SimulatedStore store, SimulationException found)
    {
        for (var steps = 1; steps < found.Steps; steps++)
        {
            try
            {
                await Simulation.RunAsync(seed, store, steps);
            }
            catch (SimulationException earlier)
            {
                return earlier;
            }
        }

        return found;
    }
}
