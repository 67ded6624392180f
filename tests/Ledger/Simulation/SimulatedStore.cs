using Rally.Ledger.Journal;
using Rally.Storage;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>The store under a simulation: what stays when the processes on it are gone.</summary>
internal abstract class SimulatedStore : IAsyncDisposable
{
    /// <summary>The faults this engine can have.</summary>
    public abstract IReadOnlyList<Fault> Faults { get; }

    /// <summary>How many processes may write at once.</summary>
    public abstract int Processes { get; }

    /// <summary>Forgets the seed before.</summary>
    public abstract Task ResetAsync();

    public abstract (FaultyDatabase Database, JournalStore Journal) Open(Random random);

    /// <summary>Before a process is made to fail so that it will not come back.</summary>
    public virtual void BeforeCrash(Random random, Fault fault)
    {
    }

    /// <summary>At the moment of the crash.</summary>
    public virtual void Crash()
    {
    }

    /// <summary>After the process is gone: what it left becomes the store.</summary>
    public virtual void AfterCrash()
    {
    }

    public abstract ValueTask DisposeAsync();
}
