using System.Threading.Channels;
using Dapper;
using Microsoft.Extensions.Logging;
using Rally.Storage;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// Stores how far deliveries have come, behind them: while one write is under way the next ones gather, and only the
/// newest of an endpoint is written. What a crash loses is delivered again, with the same ids.
/// </summary>
internal sealed partial class ProgressWriter(Database database, TimeProvider time, ILogger<ProgressWriter> log) : IDisposable
{
    // Keeps one write from holding up the ledger's.
    private const int RowsAtOnce = 500;

    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, Progress> _pending = [];
    private readonly List<DeadLetter> _dead = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Remembers progress; <paramref name="soon"/> also has it written.</summary>
    public void Save(Progress progress, DeadLetter? dead = null, bool soon = true)
    {
        lock (_gate)
        {
            _pending[progress.EndpointId] = progress;
            if (dead is not null)
                _dead.Add(dead);
        }

        if (soon)
            _wake.Writer.TryWrite(true);
    }

    /// <summary>The endpoint with progress that is not written yet, if there is any.</summary>
    public Endpoint Latest(Endpoint stored)
    {
        lock (_gate)
        {
            return _pending.TryGetValue(stored.Id, out var progress) && progress.Revision == stored.Revision
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
                await FlushAsync(stop);
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
            lock (_gate)
                wanted = [.. _pending.Keys];
            while (wanted.Count > 0)
            {
                var (rows, dead) = Peek(wanted);
                if (rows.Length == 0)
                    break;
                await WriteAsync(rows, dead, stop);
                Forget(rows, dead.Length);
                wanted.ExceptWith(rows.Select(row => row.EndpointId));
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private (Progress[] Rows, DeadLetter[] Dead) Peek(HashSet<Guid> wanted)
    {
        lock (_gate)
        {
            // With dead letters, everything: a letter and the position past it commit together or not at all.
            return (_dead.Count > 0 ? [.. _pending.Values] : [.. _pending.Values.Where(row => wanted.Contains(row.EndpointId)).Take(RowsAtOnce)], [.. _dead]);
        }
    }

    private void Forget(Progress[] rows, int dead)
    {
        lock (_gate)
        {
            _dead.RemoveRange(0, dead);
            foreach (var row in rows)
            {
                if (ReferenceEquals(_pending.GetValueOrDefault(row.EndpointId), row))
                    _pending.Remove(row.EndpointId);
            }
        }
    }

    private Task WriteAsync(Progress[] rows, DeadLetter[] dead, CancellationToken stop) => database.WriteAsync(async transaction =>
    {
        // A position is this writer's own; the rest is the owner's to reset, which the revision tells.
        foreach (var row in rows)
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
                UPDATE webhook_endpoint SET
                  position        = @Position,
                  attempts        = CASE WHEN revision = @Revision THEN @Attempts ELSE attempts END,
                  next_attempt_at = CASE WHEN revision = @Revision THEN @NextAttemptAt ELSE next_attempt_at END,
                  failing_since   = CASE WHEN revision = @Revision THEN @FailingSince ELSE failing_since END,
                  last_failure    = CASE WHEN revision = @Revision THEN @LastFailure ELSE last_failure END,
                  disabled_at     = CASE WHEN revision = @Revision THEN @DisabledAt ELSE disabled_at END,
                  disabled_reason = CASE WHEN revision = @Revision THEN @DisabledReason ELSE disabled_reason END
                WHERE id = @EndpointId AND position <= @Position
                """, row, transaction, cancellationToken: stop));
        }

        foreach (var letter in dead)
        {
            await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
                INSERT INTO webhook_dead_letter (endpoint_id, position, attempts, reason, died_at)
                SELECT @EndpointId, @Position, @Attempts, @Reason, @DiedAt
                WHERE EXISTS (SELECT 1 FROM webhook_endpoint WHERE id = @EndpointId)
                ON CONFLICT (endpoint_id, position) DO NOTHING
                """, letter, transaction, cancellationToken: stop));
        }
    }, stop);

    [LoggerMessage(LogLevel.Error, "Progress of deliveries cannot be stored; trying again")]
    private partial void LogOutage(Exception outage);
}
