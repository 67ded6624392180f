using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rally.Ledger.Blocks;

/// <summary>
/// Verifies the whole ledger in the background, again and again, and keeps what the last run came to. Stopped, it goes on
/// where it was at the next start; of several processes on one store one verifies at a time. Nothing that it finds, and no
/// failure of its own, stops the host.
/// </summary>
internal sealed class VerifyJob(VerifyLedger verify, IOptions<LedgerOptions> options, TimeProvider time, ILogger<VerifyJob> log) : BackgroundService
{
    /// <summary>Beside each other, starting processes do not all read the whole store at once, nor while each is busy with its start.</summary>
    private static readonly TimeSpan LongestFirstPause = TimeSpan.FromMinutes(1);

    /// <param name="At">When the run ended.</param>
    /// <param name="Position">The last entry found right.</param>
    /// <param name="Height">The last block found right.</param>
    /// <param name="Fault">What is wrong, in words; null when all is right.</param>
    /// <param name="FiguresFault">What is wrong with histories and market figures, which can be built again; null when nothing is.</param>
    /// <param name="UnsignedEntries">Entries behind the last block.</param>
    public sealed record Outcome(DateTimeOffset At, long Position, long Height, string? Fault, string? FiguresFault, long UnsignedEntries);

    private readonly LedgerOptions _options = options.Value;

    /// <summary>Null before the first run has ended.</summary>
    public Outcome? Last { get; private set; }

    private string? StateFile => In("verify-job.state");

    private string? OutcomeFile => In("verify-job.json");

    /// <summary>One run; see what it came to with <see cref="Last"/>.</summary>
    /// <returns>False when another process verifies.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        var request = new VerifyLedger.Request
        {
            StateFile = StateFile,
            PinnedAuthority = _options.PinnedAuthority is { Length: > 0 } key ? Convert.FromHexString(key) : null,
        };
        if (await verify.ExecuteAloneAsync(request, stop).ConfigureAwait(false) is not { } result)
            return false;
        Last = new(time.GetUtcNow(), result.Position, result.Height, result.Fault, result.FiguresFault, result.UnsignedEntries);
        if (result.Fault is not null)
            log.LogError("The ledger is not right: {Fault} Stop the process, keep a copy, and restore a backup that 'verify' finds right", result.Fault);
        else if (result.FiguresFault is not null)
            log.LogError("The ledger is right, but not what was built from it: {Fault} Build it again with 'rebuild'", result.FiguresFault);
        else
            log.LogInformation("The ledger is right up to position {Position}, block {Height}", result.Position, result.Height);
        Keep(Last);
        return true;
    }

    /// <summary>How long to wait before a first run: after a right one what is left of the interval, else at random up to a minute.</summary>
    public TimeSpan FirstPause()
    {
        Last ??= Kept();
        var soon = LongestFirstPause * (RandomNumberGenerator.GetInt32(1_000) / 1_000.0);
        var left = Last is { Fault: null, FiguresFault: null } ? Last.At + _options.VerifyInterval - time.GetUtcNow() : TimeSpan.Zero;
        return left > _options.VerifyInterval || left < soon ? soon : left;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_options.VerifyInterval <= TimeSpan.Zero)
            return;
        try
        {
            for (var pause = FirstPause(); ; pause = _options.VerifyInterval)
            {
                await Task.Delay(pause, time, stoppingToken).ConfigureAwait(false);
                await TryAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TryAsync(CancellationToken stop)
    {
        try
        {
            if (await RunAsync(stop).ConfigureAwait(false))
                return;
            log.LogInformation("Another process verifies the ledger");
            // Where both share a folder, that one's outcome is there.
            Last = Kept() ?? Last;
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            log.LogError(failure, "The ledger could not be verified; tried again in {Interval}", _options.VerifyInterval);
            Last = new(time.GetUtcNow(), 0, 0, "The store could not be read; the process's log says why.", null, 0);
        }
    }

    private string? In(string name) => _options.VerifyFolder is { } folder ? Path.Combine(folder, name) : null;

    private Outcome? Kept()
    {
        try
        {
            return OutcomeFile is { } file && File.Exists(file) ? JsonSerializer.Deserialize<Outcome>(File.ReadAllText(file)) : null;
        }
        catch (Exception torn) when (torn is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private void Keep(Outcome outcome)
    {
        try
        {
            if (OutcomeFile is { } file)
                File.WriteAllText(file, JsonSerializer.Serialize(outcome));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            log.LogWarning(failed, "When the ledger was verified could not be noted; it is verified again after the next start");
        }
    }
}
