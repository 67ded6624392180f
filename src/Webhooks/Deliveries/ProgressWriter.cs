using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Rally.Storage;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// Stores how far deliveries have come and the attempts that led there, behind them: what comes while one write is under way, and a
/// moment longer, gathers for the next, and only the newest progress of an endpoint is written. What a crash loses is delivered again, with the same ids.
/// </summary>
internal sealed partial class ProgressWriter(Database database, TimeProvider time, ILogger<ProgressWriter> log) : IDisposable
{
    // Keep one write from holding up the ledger's.
    private const int RowsAtOnce = 1_000;
    private const int AttemptsAtOnce = 2 * RowsAtOnce;

    // What may wait to be written; then deliveries wait too.
    private const int MostAttempts = 2 * AttemptsAtOnce;

    // Between two writes, unless there is a failure to write: of an endpoint that is sent many events, one row is written instead of
    // many, and a commit costs as much for one as for hundreds.
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1);

    // A position is this writer's own until it is put back, which the epoch tells; the rest is the owner's to reset, which the
    // revision tells.
    private static readonly RowsStatement<Progress> Advance = new RowsStatement<Progress>("""
        UPDATE webhook_endpoint AS e SET
          position        = r.position,
          step            = r.step,
          change          = r.change,
          attempts        = CASE WHEN e.revision = r.revision THEN r.attempts ELSE e.attempts END,
          next_attempt_at = CASE WHEN e.revision = r.revision THEN r.next_attempt_at ELSE e.next_attempt_at END,
          failing_since   = CASE WHEN e.revision = r.revision THEN r.failing_since ELSE e.failing_since END,
          last_failure    = CASE WHEN e.revision = r.revision THEN r.last_failure ELSE e.last_failure END,
          disabled_at     = CASE WHEN e.revision = r.revision THEN r.disabled_at ELSE e.disabled_at END,
          disabled_reason = CASE WHEN e.revision = r.revision THEN r.disabled_reason ELSE e.disabled_reason END
        FROM {rows}
        WHERE e.id = r.id AND e.epoch = r.epoch
          AND (e.position < r.position OR (e.position = r.position AND (e.change < r.change OR (e.change = r.change AND e.step <= r.step))))
        """)
        .With("id", row => row.EndpointId)
        .With("revision", row => row.Revision)
        .With("epoch", row => row.Epoch)
        .With("position", row => row.Position)
        .With("step", row => row.Step)
        .With("change", row => row.Change)
        .With("attempts", row => row.Attempts)
        .With("next_attempt_at", row => row.NextAttemptAt)
        .With("failing_since", row => row.FailingSince)
        .With("last_failure", row => row.LastFailure)
        .With("disabled_at", row => row.DisabledAt)
        .With("disabled_reason", row => row.DisabledReason);

    private static readonly RowsStatement<DeadLetter> Bury = new RowsStatement<DeadLetter>("""
        INSERT INTO webhook_dead_letter (endpoint_id, position, type, change, attempts, reason, died_at)
        SELECT r.endpoint_id, r.position, r.type, r.change, r.attempts, r.reason, r.died_at
        FROM {rows} WHERE EXISTS (SELECT 1 FROM webhook_endpoint e WHERE e.id = r.endpoint_id)
        ON CONFLICT (endpoint_id, position, type, change) DO NOTHING
        """)
        .With("endpoint_id", letter => letter.EndpointId)
        .With("position", letter => letter.Position)
        .With("type", letter => letter.Type)
        .With("change", letter => letter.Change)
        .With("attempts", letter => letter.Attempts)
        .With("reason", letter => letter.Reason)
        .With("died_at", letter => letter.DiedAt);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Progress> _pending = [];
    private readonly List<DeadLetter> _dead = [];
    private readonly Queue<Attempt> _attempts = [];
    private TaskCompletionSource? _full;
    private TaskCompletionSource _urgent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Remembers that an endpoint passed places of the log that it did not ask for; <paramref name="soon"/> has it written.</summary>
    public void Save(Progress progress, bool soon)
    {
        lock (_gate)
            _pending[progress.EndpointId] = progress;
        if (soon)
            _wake.Writer.TryWrite(true);
    }

    /// <summary>Remembers what an attempt came to, and has it written. Waits while too much is to be written already.</summary>
    /// <param name="progress">Where the endpoint is now; null for an attempt that somebody asked for.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="dead">The event, when it was given up.</param>
    /// <param name="stop">Ends the waiting; what there is to remember is remembered before.</param>
    public async Task SaveAsync(Progress? progress, Attempt attempt, DeadLetter? dead, CancellationToken stop)
    {
        Task? full = null;
        lock (_gate)
        {
            if (progress is not null)
                _pending[progress.EndpointId] = progress;
            if (dead is not null)
                _dead.Add(dead);
            _attempts.Enqueue(attempt);
            if (attempt.Failure is not null)
                _urgent.TrySetResult();
            if (_attempts.Count >= MostAttempts)
                full = (_full ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        _wake.Writer.TryWrite(true);
        if (full is not null)
            await full.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The endpoint with progress that is not written yet, if there is any.</summary>
    public Endpoint Latest(Endpoint stored)
    {
        lock (_gate)
        {
            return _pending.TryGetValue(stored.Id, out var progress) && progress.Revision == stored.Revision && progress.Epoch == stored.Epoch
                ? progress.Onto(stored)
                : stored;
        }
    }

    /// <summary>Writes whenever there is something until stopped; outages of the store are waited out.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var _ in _wake.Reader.ReadAllAsync(stop))
        {
            try
            {
                var urgent = NextUrgent();
                await FlushAsync(stop);
                await urgent.WaitAsync(Gather, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception outage) when (!stop.IsCancellationRequested)
            {
                LogOutage(outage);
                await Task.Delay(AfterOutage, time, stop);
                _wake.Writer.TryWrite(true);
            }
        }
    }

    /// <summary>
    /// Writes all there is at the call. What comes meanwhile is left to the next one, so that steady deliveries cannot
    /// keep a caller waiting.
    /// </summary>
    public async Task FlushAsync(CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            HashSet<Guid> wanted;
            int attempts;
            lock (_gate)
                (wanted, attempts) = ([.. _pending.Keys], _attempts.Count);
            while (wanted.Count > 0 || attempts > 0)
            {
                var (rows, dead, made) = Peek(wanted);
                if (rows.Length + dead.Length + made.Length == 0)
                    break;
                await WriteAsync(rows, dead, made, stop);
                Forget(rows, dead.Length, made.Length);
                wanted.ExceptWith(rows.Select(row => row.EndpointId));
                attempts -= made.Length;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private Task NextUrgent()
    {
        lock (_gate)
        {
            if (_urgent.Task.IsCompleted)
                _urgent = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _urgent.Task;
        }
    }

    private (Progress[] Rows, DeadLetter[] Dead, Attempt[] Attempts) Peek(HashSet<Guid> wanted)
    {
        lock (_gate)
        {
            // With dead letters, everything: a letter and the position past it commit together or not at all.
            Progress[] rows = _dead.Count > 0
                ? [.. _pending.Values]
                : [.. _pending.Values.Where(row => wanted.Contains(row.EndpointId)).Take(RowsAtOnce)];
            return (rows, [.. _dead], [.. _attempts.Take(AttemptsAtOnce)]);
        }
    }

    private void Forget(Progress[] rows, int dead, int attempts)
    {
        lock (_gate)
        {
            _dead.RemoveRange(0, dead);
            foreach (var row in rows)
            {
                if (ReferenceEquals(_pending.GetValueOrDefault(row.EndpointId), row))
                    _pending.Remove(row.EndpointId);
            }

            for (var i = 0; i < attempts; i++)
                _attempts.Dequeue();
            if (_attempts.Count < MostAttempts)
            {
                _full?.SetResult();
                _full = null;
            }
        }
    }

    private Task WriteAsync(Progress[] rows, DeadLetter[] dead, Attempt[] attempts, CancellationToken stop) => database.WriteAsync(async transaction =>
    {
        await Advance.ExecuteAsync(transaction, rows, stop);
        await Bury.ExecuteAsync(transaction, dead, stop);
        await AttemptLog.AddAsync(transaction, attempts, stop);
    }, stop);

    [LoggerMessage(LogLevel.Error, "Progress of deliveries cannot be stored; trying again")]
    private partial void LogOutage(Exception outage);
}
