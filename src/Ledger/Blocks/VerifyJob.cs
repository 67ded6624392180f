using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rally.Ledger.Blocks;

/// <summary>Verifies the whole ledger in the background, again and again, and keeps what the last run came to.</summary>
internal sealed class VerifyJob(VerifyLedger verify, IOptions<LedgerOptions> options, TimeProvider time, ILogger<VerifyJob> log) : BackgroundService
{
    /// <param name="At">When the run ended.</param>
    /// <param name="Position">The last entry found right.</param>
    /// <param name="Height">The last block found right.</param>
    /// <param name="Fault">What is wrong, in words; null when all is right.</param>
    public sealed record Outcome(DateTimeOffset At, long Position, long Height, string? Fault);

    /// <summary>Null before the first run has ended.</summary>
    public Outcome? Last { get; private set; }

    public async Task<Outcome> RunAsync(CancellationToken stop)
    {
        var result = await verify.ExecuteAsync(new VerifyLedger.Request(), progress: null, stop).ConfigureAwait(false);
        Last = new(time.GetUtcNow(), result.Position, result.Height, result.Fault);
        if (result.Fault is null)
            log.LogInformation("The ledger is right up to position {Position}, block {Height}", result.Position, result.Height);
        else
            log.LogCritical("The ledger is not right: {Fault} Stop the process, keep a copy, and restore a backup that 'verify' finds right", result.Fault);
        return Last;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.VerifyInterval <= TimeSpan.Zero)
            return;
        using var timer = new PeriodicTimer(options.Value.VerifyInterval, time);
        try
        {
            do
            {
                try
                {
                    await RunAsync(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception failure) when (failure is System.Data.Common.DbException or IOException)
                {
                    log.LogError(failure, "The ledger could not be verified; tried again in {Interval}", options.Value.VerifyInterval);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
