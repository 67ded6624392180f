using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Deletes what has expired. Used codes and refresh tokens stay as long as anything of their grant lives, or a replay
/// could not be told from a stranger's guess; and everything stays a day longer, so that no request still at work on
/// it finds it gone.
/// </summary>
internal sealed class PruneExpired(Database database, TimeProvider time, ILogger<PruneExpired> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <returns>How many grants went.</returns>
    public Task<int> RunOnceAsync(CancellationToken stop) =>
        database.WriteAsync(async transaction =>
        {
            var before = new { before = time.GetUtcNow() - Margin };
            await transaction.Connection!.ExecuteAsync("""
                DELETE FROM auth_access_token WHERE expires_at < @before;
                DELETE FROM auth_refresh_token WHERE expires_at < @before;
                DELETE FROM auth_code WHERE expires_at < @before
                  AND NOT EXISTS (SELECT 1 FROM auth_access_token t WHERE t.grant_id = auth_code.grant_id)
                  AND NOT EXISTS (SELECT 1 FROM auth_refresh_token r WHERE r.grant_id = auth_code.grant_id);
                """, before, transaction);
            return await transaction.Connection!.ExecuteAsync("""
                DELETE FROM auth_grant WHERE created_at < @before
                  AND NOT EXISTS (SELECT 1 FROM auth_code c WHERE c.grant_id = auth_grant.id)
                  AND NOT EXISTS (SELECT 1 FROM auth_access_token t WHERE t.grant_id = auth_grant.id)
                  AND NOT EXISTS (SELECT 1 FROM auth_refresh_token r WHERE r.grant_id = auth_grant.id)
                """, before, transaction);
        }, stop);

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
