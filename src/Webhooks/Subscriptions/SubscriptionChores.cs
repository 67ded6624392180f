using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rally.Webhooks.Subscriptions;

/// <summary>What is looked for each minute, since nobody tells of it: clients that are gone, and endpoints whose owners are to be told.</summary>
internal sealed partial class SubscriptionChores(EndSubscriptions end, TellOwners tell, TimeProvider time, ILogger<SubscriptionChores> log) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await end.RunOnceAsync(stoppingToken);
                await tell.RunOnceAsync(stoppingToken);
            }
            catch (DbException outage)
            {
                LogOutage(outage);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Error, "Webhook subscriptions cannot be looked through; trying again")]
    private partial void LogOutage(Exception outage);
}
