using System.Data.Common;

namespace Rally.Storage.Sqlite;

/// <summary>
/// Small writes that wait for the file's one writer share its next transaction, so that they share the disk's answer too.
/// Each ends on its own: when one throws, everything is rolled back and each is done again in a transaction of its own.
/// </summary>
internal sealed class SharedCommits : IDisposable
{
    // Some milliseconds' worth: other writers wait meanwhile.
    private const int Most = 128;

    private readonly Func<Func<DbTransaction, Task>, Task> _write;
    private readonly Lock _gate = new();
    private readonly Queue<SharedWrite> _line = [];
    private readonly SemaphoreSlim _wake = new(0);
    private Thread? _writer;
    private volatile bool _isClosed;

    /// <param name="write">Runs work in a transaction, one at a time, and commits.</param>
    public SharedCommits(Func<Func<DbTransaction, Task>, Task> write) => _write = write;

    public Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
            return Task.FromCanceled<T>(stop);
        var own = new SharedWrite<T>(work, stop);
        lock (_gate)
        {
            if (_isClosed)
                return Task.FromException<T>(new ObjectDisposedException(nameof(SqliteDatabase)));
            _line.Enqueue(own);
            if (_line.Count == 1)
                _wake.Release();
            if (_writer is null)
                StartWriter();
        }

        return own.Answer;
    }

    /// <summary>Takes no more. Those in line are told by the closed store.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        _wake.Release();
    }

    // SQLite keeps its thread while the disk works; with one of its own, those of the pool go on answering and asking.
    private void StartWriter()
    {
        _writer = new Thread(WriteQueued) { IsBackground = true, Name = "rally.sqlite" };
        _writer.UnsafeStart();
    }

    private void WriteQueued()
    {
        do
        {
            _wake.Wait();
            while (HasLine())
                CommitAsync().GetAwaiter().GetResult();
        }
        while (!_isClosed);
    }

    private bool HasLine()
    {
        lock (_gate)
        {
            return _line.Count > 0;
        }
    }

    private async Task CommitAsync()
    {
        var round = new List<SharedWrite>();
        SharedWrite? running = null;
        try
        {
            await _write(async transaction =>
            {
                // Now, not before: with those that came while another writer had its turn.
                Take(round);
                foreach (var each in round)
                {
                    running = each;
                    await each.RunAsync(transaction).ConfigureAwait(false);
                }

                running = null;
            }).ConfigureAwait(false);
        }
        catch (Exception) when (running is not null && round.Count > 1)
        {
            foreach (var each in round)
                await CommitAloneAsync(each).ConfigureAwait(false);
            return;
        }
        catch (Exception failure)
        {
            if (round.Count == 0)
                Take(round);
            foreach (var each in round)
                each.Fail(failure);
            return;
        }

        foreach (var each in round)
            each.Complete();
    }

    private async Task CommitAloneAsync(SharedWrite own)
    {
        try
        {
            await _write(own.RunAsync).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            own.Fail(failure);
            return;
        }

        own.Complete();
    }

    private void Take(List<SharedWrite> round)
    {
        lock (_gate)
        {
            while (round.Count < Most && _line.TryDequeue(out var next))
            {
                if (next.TryBegin())
                    round.Add(next);
            }
        }
    }
}
