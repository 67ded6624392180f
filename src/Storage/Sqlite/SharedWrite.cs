using System.Data.Common;

namespace Rally.Storage.Sqlite;

/// <summary>One write of those that share a transaction, and who waits for it.</summary>
internal abstract class SharedWrite
{
    /// <summary>Whether it is still wanted; from then on it is done to its end.</summary>
    public abstract bool TryBegin();

    /// <summary>Does it; a second time where the first one was rolled back.</summary>
    public abstract Task RunAsync(DbTransaction transaction);

    /// <summary>It is durable.</summary>
    public abstract void Complete();

    /// <summary>Nothing of it was kept.</summary>
    public abstract void Fail(Exception failure);
}

/// <inheritdoc/>
internal sealed class SharedWrite<T> : SharedWrite
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<DbTransaction, Task<T>> _work;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly CancellationTokenRegistration _cancelling;
    private bool _isTaken;
    private T _result = default!;

    public SharedWrite(Func<DbTransaction, Task<T>> work, CancellationToken stop)
    {
        _work = work;
        _cancelling = stop.UnsafeRegister((write, token) => ((SharedWrite<T>)write!).Cancel(token), this);
    }

    public Task<T> Answer => _answer.Task;

    public override bool TryBegin()
    {
        _cancelling.Unregister();
        return !Interlocked.Exchange(ref _isTaken, true);
    }

    public override async Task RunAsync(DbTransaction transaction)
    {
        Task<T> running = null!;
        // What it logs belongs to whoever asked for it, not to whoever happens to lead the round.
        if (_context is null)
            running = _work(transaction);
        else
            ExecutionContext.Run(_context, _ => running = _work(transaction), null);
        _result = await running.ConfigureAwait(false);
    }

    public override void Complete() => _answer.SetResult(_result);

    public override void Fail(Exception failure)
    {
        if (failure is OperationCanceledException cancelled)
            _answer.SetCanceled(cancelled.CancellationToken);
        else
            _answer.SetException(failure);
    }

    private void Cancel(CancellationToken stop)
    {
        if (!Interlocked.Exchange(ref _isTaken, true))
            _answer.SetCanceled(stop);
    }
}
