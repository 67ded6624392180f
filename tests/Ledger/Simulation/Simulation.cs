using System.Data.Common;
using Rally.Ledger.Blocks;
using Rally.Ledger.Journal;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>
/// One seed: random operations in random batches, a clock that also runs back, faults and crashes at random moments, and
/// after each answer and each restart the same from the ledger as from the model. The same seed does the same again.
/// </summary>
internal sealed class Simulation : IAsyncDisposable
{
    private readonly SimulatedStore _store;
    private readonly Random _random;
    private readonly Workload _workload;
    private readonly FakeClock _clock;
    private readonly List<SimulatedProcess> _processes = [];
    private Func<string> _lastBatch = () => "";
    private ModelState _model = ModelState.Empty;

    private Simulation(int seed, SimulatedStore store)
    {
        (_store, _random) = (store, new Random(seed));
        _workload = new Workload(_random);
        _clock = new FakeClock(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    }

    /// <summary>How often there was each kind of answer and of fault.</summary>
    public Dictionary<string, int> Seen { get; } = [];

    /// <summary>Runs it whole, or its first steps.</summary>
    /// <exception cref="SimulationException">The ledger did something else than the model.</exception>
    public static async Task<Simulation> RunAsync(int seed, SimulatedStore store, int mostSteps = int.MaxValue)
    {
        await store.ResetAsync();
        await using var simulation = new Simulation(seed, store);
        for (var process = 0; process < store.Processes; process++)
            simulation._processes.Add(simulation.NewProcess());
        var steps = Math.Min(mostSteps, simulation._random.Next(5, 30));
        var step = 0;
        try
        {
            for (; step < steps; step++)
                await simulation.StepAsync(isFirst: step == 0);
            await simulation.EndAsync();
        }
        catch (Exception fault)
        {
            throw new SimulationException(Math.Min(step + 1, steps), $"{fault}\nThe last batch:\n{simulation._lastBatch()}");
        }

        return simulation;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
    }

    private SimulatedProcess NewProcess() => new(_store, _clock, _random, Count);

    private async Task StepAsync(bool isFirst)
    {
        MoveClock();
        var now = Now();
        var operations = isFirst ? _workload.First(_model, now) : _workload.Next(_model, now);
        var process = _random.Next(_processes.Count);
        var fault = _random.Next(5) == 0 ? _store.Faults[_random.Next(_store.Faults.Count)] : Fault.None;
        Trace(operations, fault, process);
        var (after, expected) = Expect(operations, now);
        var next = _random.Next(2) == 0 ? _workload.Next(after, now) : [];
        var running = _processes[process];
        if (fault != Fault.None)
            await FailAsync(process, operations, next, fault, after, expected);
        else
            Accept(after, expected, await running.CommitAsync(operations, next));
        if (next.Count > 0 && running == _processes[process])
            await NextAsync(process, next);
        if (_random.Next(20) == 0)
            await RestartAsync(process);
    }

    private async Task NextAsync(int process, IReadOnlyList<Operation> operations)
    {
        Trace(operations, Fault.None, process);
        var (after, expected) = Expect(operations, Now());
        var (answers, how) = await _processes[process].CommitNextAsync();
        Accept(after, expected, answers);
        Count(how);
    }

    private long Now() => Math.Max(_clock.GetUtcNow().ToUnixTimeMilliseconds(), _model.LastPostedAt);

    private void MoveClock() => _clock.Advance(_random.Next(12) switch
    {
        0 => TimeSpan.FromMilliseconds(-_random.Next(100_000_000)),
        1 => TimeSpan.FromDays(_random.Next(1, 45)),
        2 or 3 => TimeSpan.FromMinutes(_random.Next(3_000)),
        4 => TimeSpan.Zero,
        5 => TimeSpan.FromTicks(_random.Next(30_000)),
        _ => TimeSpan.FromMilliseconds(_random.Next(100_000)),
    });

    private (ModelState After, List<string> Answers) Expect(IReadOnlyList<Operation> operations, long now)
    {
        var (state, answers) = (_model, new List<string>());
        foreach (var operation in operations)
        {
            (state, var answer) = Model.Apply(state, operation, now);
            answers.Add(answer);
        }

        return (state, answers);
    }

    private void Accept(ModelState after, List<string> expected, IReadOnlyList<string> answers)
    {
        for (var i = 0; i < expected.Count; i++)
        {
            if (answers[i] != expected[i])
                throw new InvalidOperationException($"Operation {i} should be answered\n    {expected[i]}\nand is\n    {answers[i]}");
            Count(Answer.Kind(answers[i]));
        }

        _model = after;
    }

    private async Task FailAsync(
        int index, IReadOnlyList<Operation> operations, IReadOnlyList<Operation> next, Fault fault, ModelState after, List<string> expected)
    {
        var process = _processes[index];
        var crashes = fault == Fault.TornCommit || _random.Next(2) == 0;
        if (crashes)
            _store.BeforeCrash(_random, fault);
        var hasCrashed = false;
        process.Database.FailNext(fault, _random.NextInt64(long.MaxValue), () =>
        {
            hasCrashed = crashes;
            if (crashes)
                _store.Crash();
        });
        try
        {
            Accept(after, expected, await process.CommitAsync(operations, next));
            process.Database.FailNext(Fault.None, 0, () => { }); // the moment to fail at was never reached
            return;
        }
        catch (Exception failure) when (failure is SimulatedFaultException || (failure is DbException && fault is Fault.AtStatement or Fault.ConnectionLost))
        {
            Count(crashes ? $"{fault}, crash" : $"{fault}");
        }

        if (crashes)
        {
            if (!hasCrashed)
                _store.Crash();
            await ReplaceAsync(index);
        }

        await ResolveAsync(index, fault, after);
    }

    /// <summary>Whether it is there can be known only after a look; that it is there wholly or not at all, before.</summary>
    private async Task ResolveAsync(int process, Fault fault, ModelState after)
    {
        var stored = await StoreReading.ReadAsync(_processes[process].Database);
        var (notDone, done) = (_model.Difference(stored), after.Difference(stored));
        if (fault == Fault.TornCommit)
            Count(done is null ? "Torn, whole" : "Torn, absent");
        var difference = fault switch
        {
            Fault.AfterCommit => done,
            Fault.TornCommit => done is null ? null : notDone,
            _ => notDone,
        };
        if (difference is not null)
            throw new InvalidOperationException($"After {fault}: {difference}");
        if (done is null)
            _model = after;
    }

    /// <summary>The process dies at rest, and another takes its place.</summary>
    private async Task RestartAsync(int process)
    {
        _store.BeforeCrash(_random, Fault.None);
        _store.Crash();
        await ReplaceAsync(process);
        Count("Restart");
        await CompareAsync(process);
    }

    private async Task ReplaceAsync(int process)
    {
        await _processes[process].DisposeAsync();
        _store.AfterCrash();
        _processes[process] = NewProcess();
    }

    private async Task EndAsync()
    {
        await RestartAsync(0);
        var result = await VerifyLedger.On(_processes[0].Database, _clock).ExecuteAsync(new() { MostRly = new(long.MaxValue) }, null, default);
        Assert.Null(result.Fault);
        Assert.Equal(_model.Log.Count, result.Position);
    }

    private async Task CompareAsync(int process)
    {
        if (_model.Difference(await StoreReading.ReadAsync(_processes[process].Database)) is { } difference)
            throw new InvalidOperationException($"After a restart: {difference}");
    }

    private void Trace(IReadOnlyList<Operation> operations, Fault fault, int process)
    {
        var (time, position) = (_clock.GetUtcNow(), _model.Log.Count);
        _lastBatch = () => $"  at {time:O}, process {process}, fault {fault}, log at {position}\n" +
            string.Join('\n', operations.Select((operation, i) => $"  {i}: {operation}"));
    }

    private void Count(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;
}

/// <param name="Steps">How many steps led there.</param>
/// <param name="What">And what went wrong.</param>
internal sealed class SimulationException(int steps, string what) : Exception(what)
{
    public int Steps => steps;
}
