using System.Data.Common;
using Microsoft.Extensions.Options;
using Rally.Bot.Network;
using Rally.Bot.Roles;

namespace Rally.Bot.Linking;

/// <summary>
/// The network tells nobody that an account was deleted, or access withdrawn: the next use of the access shows it. So that it shows
/// also of those of whom nothing else makes the bot look, it looks at each link from time to time. What it reads of their coins on the
/// way is held against their roles, for an event may have been lost. Where access has ended, roles go at
/// once, for that marks the member; the rest is forgotten some days later, for until then moderators may ask why.
/// </summary>
internal sealed class LookAtLinks(
    Links links, FanHoldings holdings, SweepHoldings sweep, ForgottenFans forgotten, Installation installation, IOptions<NetworkOptions> options, TimeProvider time,
    ILogger<LookAtLinks> log) : BackgroundService
{
    private const int AtOnce = 100;

    // One fan's trouble is not the network's.
    private const int MostFaultsInARow = 3;

    /// <summary>Forgets whose access ended long ago, and looks at every link.</summary>
    /// <exception cref="NetworkException">The network is out of reach.</exception>
    public async Task RunOnceAsync(CancellationToken stop)
    {
        if (await forgotten.ForgetAsync(time.GetUtcNow() - options.Value.ForgetAfter, stop) is > 0 and var count)
            log.LogInformation("What was kept of {Count} people who are linked no more was erased", count);

        var (last, faults) = (default(ulong?), 0);
        while (await links.StandingAsync(last, AtOnce, stop) is { Count: > 0 } some)
        {
            foreach (var userId in some)
                faults = await IsKnownAsync(userId, faults, stop) ? 0 : faults + 1;
            last = some[^1];
        }
    }

    private async Task<bool> IsKnownAsync(ulong userId, int faultsBefore, CancellationToken stop)
    {
        try
        {
            if (await holdings.ReadAsync(userId, stop) is { } held)
                await sweep.MarkAsync(userId, held, stop);
            return true;
        }
        catch (NetworkException fault) when (faultsBefore + 1 < MostFaultsInARow)
        {
            log.LogWarning("Whether the access of a fan still stands is not known: {Reason}", fault.Message);
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await installation.GetAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.Value.LookAtLinksEvery, time);
        do
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception outage) when (outage is NetworkException or DbException)
            {
                log.LogWarning("Links could not be looked at, again in {Interval}: {Reason}", options.Value.LookAtLinksEvery, outage.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
