using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;

namespace Rally.Ledger;

/// <summary>
/// What the ledger does by the clock: ends pending transfers within a second of their time, unlocks grants every hour, and
/// seals blocks; once more when all else has stopped, so that nothing which was posted is left without a signature.
/// </summary>
internal sealed class LedgerChores(
    ExpireHolds expire, ReleaseVested release, SealBlocks seal, IOptions<LedgerOptions> options, TimeProvider time, LedgerClock clock,
    ILogger<LedgerChores> log)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan VestingInterval = TimeSpan.FromHours(1);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The writer has stopped, too: this is the log's end.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await seal.ExecuteAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            log.LogError(failure, "The last entries were not sealed before the process ended; the next start seals them");
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        EveryAsync(ExpiryInterval, "Pending transfers were not ended", ExpireAsync, stoppingToken),
        EveryAsync(VestingInterval, "Grants were not unlocked", release.ExecuteAsync, stoppingToken),
        EveryAsync(options.Value.BlockInterval, "No block was sealed", seal.ExecuteAsync, stoppingToken));

    private Task<int> ExpireAsync(CancellationToken stop)
    {
        clock.Watch();
        return expire.ExecuteAsync(stop);
    }

    private async Task EveryAsync(TimeSpan interval, string failed, Func<CancellationToken, Task<int>> chore, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(interval, time);
        var failures = 0;
        do
        {
            try
            {
                await chore(stop).ConfigureAwait(false);
                failures = 0;
            }
            catch (Exception stopped) when (stop.IsCancellationRequested || stopped is LedgerStoppedException)
            {
                return;
            }
            catch (Exception failure)
            {
                // Once for each time that it begins to fail: a store that is away would fill the log.
                if (failures++ == 0)
                    log.LogError(failure, "{Failed}; tried again every {Interval}", failed, interval);
            }
        }
        while (await NextAsync(timer, stop).ConfigureAwait(false));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
