using System.Diagnostics;
using Rally.Ledger.Journal;

namespace Rally.Bench.Transfers;

/// <summary>Submits commands from several callers at once; each waits for its answer before it submits the next.</summary>
internal static class Callers
{
    public const int InFlight = 16;

    /// <summary>Submits all the lists.</summary>
    /// <returns>How long it took until the last was durable.</returns>
    public static Task<TimeSpan> SubmitAsync(LedgerWriter writer, LedgerCommand[][] lists, int callers = InFlight) =>
        RunAsync(lists.Length, callers, async i => Verify(await writer.SubmitAsync(lists[i], default)));

    /// <summary>Submits the commands one by one.</summary>
    /// <inheritdoc cref="SubmitAsync(LedgerWriter, LedgerCommand[][], int)"/>
    public static Task<TimeSpan> SubmitAsync(LedgerWriter writer, LedgerCommand[] commands, int callers) =>
        RunAsync(commands.Length, callers, async i => Verify([await writer.SubmitAsync(commands[i], default)]));

    public static async Task<TimeSpan> RunAsync(int calls, int callers, Func<int, Task> call)
    {
        var next = -1;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < calls; i = Interlocked.Increment(ref next))
                await call(i);
        })));
        return watch.Elapsed;
    }

    private static void Verify(IReadOnlyList<PostResult> answers)
    {
        for (var i = 0; i < answers.Count; i++)
        {
            if (answers[i] is not PostResult.Posted { Repeated: false })
                throw new InvalidOperationException($"A transfer of the benchmark was not posted: {answers[i]}");
        }
    }
}
