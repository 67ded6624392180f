namespace Rally.Storage.Backups;

/// <summary>How far a backup or a restore is: told at the start of each table, every some thousand rows, and at its end.</summary>
/// <param name="Step">What is being done to the table.</param>
/// <param name="Table">Its name.</param>
/// <param name="Rows">How many of its rows are done.</param>
/// <param name="Total">How many it has.</param>
public readonly record struct BackupProgress(BackupStep Step, string Table, long Rows, long Total);

/// <summary>The passes over each table.</summary>
public enum BackupStep
{
    /// <summary>Rows are read and hashed.</summary>
    Checking,

    /// <summary>Rows are read, hashed and written.</summary>
    Copying,
}
