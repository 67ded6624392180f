using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Deletes what has expired, a chunk a transaction, so that other writers wait for no more than one. Used codes stay as long
/// as anything of their grant lives, or a replay could not be told from a stranger's guess; and everything stays a day
/// longer, so that no request still at work on it finds it gone; but for used DPoP proofs, one a request, whose time has a margin already.
/// </summary>
internal sealed class PruneExpired(Database database, TimeProvider time, ILogger<PruneExpired> log) : BackgroundService
{
    /// <summary>Rows of one table that go at once; with a grant goes what still hangs on it.</summary>
    public const int Chunk = 500;

    /// <summary>What expires, with the columns of its key. Grants come last: most of what hung on them is gone by then.</summary>
    public static readonly IReadOnlyList<(string Table, string Key)> Tables =
    [
        ("auth_pushed_request", "hash"), ("auth_device_code", "hash"), ("auth_access_token", "hash"),
        ("auth_transfer_request", "id"), ("auth_refresh_token", "hash"), ("auth_passkey_challenge", "hash"),
        ("auth_reserved_name", "hash"), ("auth_link_move", "provider, subject"), ("auth_dpop_proof", "hash"), ("auth_mail", "id"), ("auth_grant", "id"),
    ];

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <returns>How many grants went.</returns>
    public async Task<int> RunOnceAsync(CancellationToken stop)
    {
        var deleted = 0;
        foreach (var (table, key) in Tables)
        {
            deleted = 0;
            int chunk;
            do
                deleted += chunk = await DeleteChunkAsync(table, key, stop);
            while (chunk == Chunk);
        }

        return deleted;
    }

    /// <returns>How many rows went, at most <see cref="Chunk"/>.</returns>
    public Task<int> DeleteChunkAsync(string table, string key, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            Delete(table, key), new { before = time.GetUtcNow() - (table == "auth_dpop_proof" ? TimeSpan.Zero : Margin), Chunk }, transaction), stop);

    /// <summary>The statement, in which both names are ours.</summary>
    public static string Delete(string table, string key) => $"""
        DELETE FROM {table} WHERE ({key}) IN (
          SELECT {key} FROM {table} WHERE expires_at < @before ORDER BY expires_at LIMIT @Chunk)
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception outage) when (outage is not OperationCanceledException)
            {
                log.LogError(outage, "Expired codes and tokens could not be deleted; the next try is in {Interval}.", Interval);
            }
        }
    }
}
