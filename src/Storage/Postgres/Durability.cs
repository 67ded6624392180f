using System.Data.Common;
using Dapper;

namespace Rally.Storage.Postgres;

/// <summary>
/// What a PostgreSQL server makes of a commit. Whoever was told that something is done must find it done after a power
/// failure: <c>synchronous_commit</c> is the session's to say, <c>fsync</c> and <c>full_page_writes</c> are the server's.
/// </summary>
/// <param name="Commit"><c>synchronous_commit</c> as the server, the database, the role or the connection string have it.</param>
/// <param name="Fsync">Whether the server waits for its disk at all.</param>
/// <param name="FullPageWrites">Whether it can mend a page of which a power failure let only a part be written.</param>
internal sealed record Durability(string Commit, bool Fsync, bool FullPageWrites)
{
    /// <summary>
    /// What writers ask for in each session, so that it holds against later changes too: what there is, however it waits
    /// for standbys, but never <c>off</c>, which answers before the commit is on the disk.
    /// </summary>
    public string CommitToAskFor => Commit == "off" ? "on" : Commit;

    public static async Task<Durability> ReadAsync(DbConnection connection, CancellationToken stop)
    {
        var settings = (await connection.QueryAsync<(string Name, string Value)>(new CommandDefinition(
            "SELECT name, setting FROM pg_settings WHERE name IN ('synchronous_commit', 'fsync', 'full_page_writes')",
            cancellationToken: stop)).ConfigureAwait(false)).ToDictionary(setting => setting.Name, setting => setting.Value);
        return new(settings["synchronous_commit"], settings["fsync"] != "off", settings["full_page_writes"] != "off");
    }

    /// <param name="store">Which store, in words.</param>
    /// <returns>Why nothing may be written to it, and how to mend that; null when it may.</returns>
    public string? Fault(string store)
    {
        var off = (Fsync, FullPageWrites) switch
        {
            (true, true) => null,
            (false, true) => "fsync = off",
            (true, false) => "full_page_writes = off",
            (false, false) => "fsync = off and full_page_writes = off",
        };
        return off is null ? null :
            $"{store} runs with {off}: a power failure can damage the store, or take back transfers that were confirmed. " +
            "Switch it on in postgresql.conf and reload the server. Where the disk itself makes it needless, or nothing is to be lost, " +
            "set Storage__AllowUnsafePostgres=true.";
    }
}
