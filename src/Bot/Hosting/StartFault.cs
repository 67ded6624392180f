using System.Data.Common;
using Microsoft.Extensions.Options;
using Rally.Ledger.Journal;
using Rally.Storage.Backups;
using Rally.Storage.Migrations;

namespace Rally.Bot.Hosting;

/// <summary>Faults at the start that the operator can mend, as a sentence instead of a stack trace.</summary>
internal static class StartFault
{
    /// <returns>Null when it is not one of those.</returns>
    public static string? Explain(Exception fault) => fault switch
    {
        SettingException or MigrationException or BackupException or LedgerClockException => fault.Message,
        OptionsValidationException options => string.Join(Environment.NewLine, options.Failures),
        DbException database => $"The store cannot be used: {database.Message}",
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } taken =>
            $"{taken.Message} Choose another with Listen or --port.",
        IOException inUse => inUse.Message,
        System.Security.Cryptography.CryptographicException =>
            "The store's secrets cannot be read: the keys folder in the data folder is not the one they were encrypted with. " +
            "Restore it from the backup of that store, or name the data folder it belongs to with Data or --data.",
        UnauthorizedAccessException denied => denied.Message,
        System.Net.Sockets.SocketException refused => $"A connection failed: {refused.Message}",
        _ => null,
    };
}
