using System.Data.Common;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rally.Webhooks.Streams;

/// <summary>
/// Ends the streams whose tokens were revoked, or whose apps may not use the network any more. One question now and then for all
/// of them, and none for an event: this bounds for how long such a stream goes on, and what it costs.
/// </summary>
internal sealed partial class EndStreams(OpenStreams streams, IStreamTokens tokens, TimeProvider time, ILogger<EndStreams> log) : BackgroundService
{
    /// <summary>For how long, at most, a stream goes on after its token was revoked, while the store can be read.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (DbException outage)
            {
                LogOutage(outage);
            }
        }
    }

    private async Task RunOnceAsync(CancellationToken stop)
    {
        // Those opened meanwhile are not asked about, and not ended.
        if (streams.TokenIds() is not { Count: > 0 } asked)
            return;
        var working = await tokens.WorkingAsync(asked, stop);
        foreach (var id in asked.Where(id => !working.Contains(id)))
            await streams.EndAsync(id);
    }

    [LoggerMessage(LogLevel.Error, "It cannot be looked up whose streams of events are to end; trying again")]
    private partial void LogOutage(Exception outage);
}
