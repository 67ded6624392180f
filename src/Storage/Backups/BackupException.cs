namespace Rally.Storage.Backups;

/// <summary>A backup that cannot be taken or restored; the message says why and what to do.</summary>
public sealed class BackupException : Exception
{
    /// <param name="message">Whole sentences for the operator.</param>
    /// <param name="cause">What brought it about, if something did.</param>
    public BackupException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
