using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rally.Auth.Server.Keys;

/// <summary>Sees to it that a successor is published in time also where nobody asks for the list of keys.</summary>
internal sealed class RotateSigningKeys(SigningKeys keys, TimeProvider time, ILogger<RotateSigningKeys> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await keys.RotateAsync(stoppingToken);
            }
            catch (Exception outage) when (outage is not OperationCanceledException)
            {
                log.LogError(outage, "The keys that sign ID tokens could not be looked after; the next try is in {Interval}.", Interval);
            }
        }
    }
}
