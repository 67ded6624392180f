using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Storage.Changes;
using Rally.Webhooks.Reports;

namespace Rally.Webhooks.Deliveries;

/// <summary>Forgets changes that are older than <see cref="WebhooksOptions.KeepChanges"/>, and reports of such: no endpoint is waited for so long.</summary>
internal sealed partial class ForgetChanges(
    Outbox outbox, ReportTierChanges reports, IOptions<WebhooksOptions> options, TimeProvider time, ILogger<ForgetChanges> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await outbox.PruneAsync(time.GetUtcNow() - options.Value.KeepChanges, stoppingToken);
                await reports.PruneAsync(stoppingToken);
            }
            catch (DbException outage)
            {
                LogOutage(outage);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Error, "Old changes cannot be forgotten; trying again in some hours")]
    private partial void LogOutage(Exception outage);
}
