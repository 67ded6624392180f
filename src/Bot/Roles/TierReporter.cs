using System.Data.Common;
using System.Diagnostics;
using Rally.Bot.DiscordApi;
using Rally.Bot.Network;

namespace Rally.Bot.Roles;

/// <summary>
/// Tells the network of changed roles, the oldest first, all that wait together. What it cannot be told now waits, and with it all after it, so that a
/// role that was lost is never told before it was gained. The network takes each report once, so one whose answer was lost may go again.
/// </summary>
internal sealed class TierReporter(
    TierReports reports, RallyClient network, Installation installation, TimeProvider time, ILogger<TierReporter> log) : BackgroundService
{
    /// <summary>The network refuses older ones by default; and who is gone is not kept for ever.</summary>
    public static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(1); // what another process on the same store has left behind
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private readonly Backoff _backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), Backoff.SystemJitter);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await installation.GetAsync(stoppingToken);
        for (var failures = 0; ;)
        {
            var (obstacle, asked) = await TellAllAsync(stoppingToken);
            if (obstacle is null)
            {
                if (failures > 0)
                    log.LogInformation("The network is told of changed roles again");
                failures = 0;
                await reports.WaitAsync(LookAgain, stoppingToken);
                continue;
            }

            // A line when it begins and one when it ends.
            if (failures++ == 0)
                log.LogWarning("The network cannot be told of changed roles, which wait until it can: {Reason}", obstacle);
            var delay = _backoff.After(failures);
            await Task.Delay(asked > delay ? (asked.Value < LongestWait ? asked.Value : LongestWait) : delay, time, stoppingToken);
        }
    }

    /// <returns>What is in the way, and for how long the network asks to be left alone; null when all is told.</returns>
    private async Task<(string? Obstacle, TimeSpan? Wait)> TellAllAsync(CancellationToken stop)
    {
        try
        {
            while (await reports.NextAsync(TierReport.MostTogether, stop) is { Count: > 0 } waiting)
            {
                var oldest = time.GetUtcNow() - KeepFor;
                List<TierReport> late = [.. waiting.Where(report => report.At < oldest)], told = [.. waiting.Where(report => report.At >= oldest)];
                foreach (var report in late)
                    LogRefusal(report, $"it could not be told within {KeepFor.TotalDays} days.");
                await reports.EraseAsync(late, stop);
                if (told.Count == 0)
                    continue;

                switch (await network.ReportTiersAsync(told, stop))
                {
                    case ReportsAnswer.NotNow later:
                        return (later.Reason, later.RetryAfter);
                    case ReportsAnswer.Told(var refusals):
                        foreach (var (report, refusal) in told.Zip(refusals))
                        {
                            if (refusal is not null)
                                LogRefusal(report, refusal);
                        }

                        break;
                    case var answer:
                        throw new UnreachableException($"{answer}");
                }

                await reports.EraseAsync(told, stop);
            }

            return (null, null);
        }
        catch (Exception outage) when (outage is NetworkException or DbException && !stop.IsCancellationRequested)
        {
            return (outage.Message, null);
        }
    }

    private void LogRefusal(TierReport report, string reason) => log.LogWarning(
        "The network is not told that {Account} {Change} role {Role} in {Guild} by {Coin}: {Reason}",
        report.RallyId, report.Change, report.RoleId, report.GuildId, report.Coin, reason);
}
