namespace Rally.Ledger.Exit;

/// <summary>How far an export or an import has come.</summary>
/// <param name="Step">What is being done.</param>
/// <param name="Position">The last entry done.</param>
/// <param name="LastPosition">The last one there is.</param>
public readonly record struct ExitProgress(ExitStep Step, long Position, long LastPosition);

/// <summary>The passes over a log.</summary>
public enum ExitStep
{
    /// <summary>The store is read and the file written.</summary>
    Exporting,

    /// <summary>The file is read and checked; the store is not touched.</summary>
    Checking,

    /// <summary>The file is read once more and the store written.</summary>
    Importing,
}
