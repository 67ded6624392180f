using System.Data.Common;
using Rally.Storage;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>A store that fails when it is told to: the next transaction, at the named moment.</summary>
internal sealed class FaultyDatabase(Database inner, StatementFaults statements) : Database
{
    private Fault _next;
    private long _detail;
    private Action _atFault = () => { };
    private Task _held = Task.CompletedTask;

    public override Engine Engine => inner.Engine;

    public override string Description => inner.Description;

    /// <summary>Makes the next transaction fail.</summary>
    /// <param name="fault">At which moment.</param>
    /// <param name="detail">Any number: which statement it is, for example.</param>
    /// <param name="atFault">Called at that moment, when the store is as a crash would leave it.</param>
    public void FailNext(Fault fault, long detail, Action atFault) => (_next, _detail, _atFault) = (fault, detail, atFault);

    /// <summary>Whether the next read fails; false again when it has.</summary>
    public bool FailsRead { get; set; }

    /// <summary>Makes the next transaction wait.</summary>
    /// <returns>Lets it go on.</returns>
    public Action HoldNext()
    {
        var released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held = released.Task;
        return released.SetResult;
    }

    public override Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken stop = default)
    {
        if (!FailsRead)
            return inner.ReadAsync(work, stop);
        FailsRead = false;
        throw new SimulatedFaultException(Fault.AtStatement);
    }

    public override async Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop = default)
    {
        await _held.WaitAsync(stop);
        var fault = _next;
        _next = Fault.None;
        Fail(Fault.BeforeTransaction, fault);
        var result = await inner.WriteAsync(async transaction =>
        {
            await statements.PrepareAsync(transaction, fault);
            Fail(Fault.InTransaction, fault);
            if (fault == Fault.AtStatement)
                await statements.ArmAsync(transaction, _detail);
            T written;
            try
            {
                written = await work(transaction);
            }
            finally
            {
                if (fault == Fault.AtStatement)
                    statements.Disarm(transaction);
            }

            if (fault == Fault.ConnectionLost)
                await StatementFaults.DropConnectionAsync(transaction);
            Fail(Fault.BeforeCommit, fault);
            return written;
        }, stop);
        Fail(Fault.AfterCommit, fault);
        Fail(Fault.TornCommit, fault);
        return result;
    }

    public override Task SerializeAsync(DbTransaction transaction, string name, CancellationToken stop = default) =>
        inner.SerializeAsync(transaction, name, stop);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();

    private void Fail(Fault moment, Fault fault)
    {
        if (moment != fault)
            return;
        _atFault();
        throw new SimulatedFaultException(fault);
    }
}
