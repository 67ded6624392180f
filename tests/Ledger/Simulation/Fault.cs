namespace Rally.Ledger.Tests.Simulation;

/// <summary>Where a commit goes wrong.</summary>
internal enum Fault
{
    None,

    /// <summary>The store cannot be reached.</summary>
    BeforeTransaction,

    /// <summary>The transaction has begun.</summary>
    InTransaction,

    /// <summary>One of the statements, whichever, fails.</summary>
    AtStatement,

    /// <summary>Everything is written.</summary>
    BeforeCommit,

    /// <summary>Everything is written; the server drops the connection.</summary>
    ConnectionLost,

    /// <summary>It is durable, and nobody hears of it.</summary>
    AfterCommit,

    /// <summary>The machine stops while the log is on its way to the disk.</summary>
    TornCommit,
}

/// <summary>A fault made on purpose.</summary>
internal sealed class SimulatedFaultException(Fault fault) : Exception($"Simulated: {fault}");
