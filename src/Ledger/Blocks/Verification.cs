using System.Data.Common;
using Dapper;
using Rally.Ledger.Followers;

namespace Rally.Ledger.Blocks;

/// <summary>One run of <see cref="VerifyLedger"/>: the whole log, what is kept beside it, and then what followers have built from it.</summary>
internal sealed class Verification : IDisposable
{
    /// <summary>
    /// What was read may have been damaged since. Within a day, the usual time between two runs, that would not have been
    /// seen either had the run not been stopped; later on, all is read again.
    /// </summary>
    private static readonly TimeSpan LongestInterruption = TimeSpan.FromHours(24);

    /// <summary>Noting how far it came copies every balance; between two notes there is more than enough other work.</summary>
    private const long EntriesBetweenNotes = 1_000_000;

    private readonly DbConnection _connection;
    private readonly DbTransaction _moment;
    private readonly VerifyLedger.Request _request;
    private readonly IProgress<VerifyLedger.Progress>? _progress;
    private readonly LogWalk _walk;
    private readonly VerifyState? _from;
    private readonly DateTimeOffset _begunAt;
    private long _noted;

    private Verification(
        DbConnection connection, DbTransaction moment, VerifyLedger.Request request, IProgress<VerifyLedger.Progress>? progress, LogWalk walk,
        VerifyState? from, DateTimeOffset now)
    {
        (_connection, _moment, _request, _progress, _walk, _from) = (connection, moment, request, progress, walk, from);
        (_begunAt, _noted) = (from?.BegunAt ?? now, walk.Check.Position);
    }

    public static async Task<Verification> BeginAsync(
        DbConnection connection, DbTransaction moment, VerifyLedger.Request request, IProgress<VerifyLedger.Progress>? progress, TimeProvider time,
        CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var from = await StateAsync(connection, moment, request, now, stop).ConfigureAwait(false);
        var walk = await LogWalk.BeginAsync(connection, moment, DateTimeOffset.MaxValue, from, stop).ConfigureAwait(false);
        walk.Check.Replay.MostRly = request.MostRly;
        return new(connection, moment, request, progress, walk, from, now);
    }

    public async Task<VerifyLedger.Result> RunAsync(CancellationToken stop)
    {
        var check = _walk.Check;
        var fault = check.AuthorityFault(_request.PinnedAuthority);
        try
        {
            while (fault is null && await _walk.NextAsync(stop).ConfigureAwait(false) is { } range)
            {
                fault = _request.PinnedBlock is { } known ? check.PinFault(known) : null;
                if (range.Entries.Count > 0)
                    Report();
                stop.ThrowIfCancellationRequested();
            }

            fault ??= _walk.Fault ?? (_request.PinnedBlock is { } pinned ? check.PinMissing(pinned) : null);
            var figures = fault is null ? await FollowerCheck.FaultAsync(_connection, _moment, stop).ConfigureAwait(false) : null;
            if (_request.StateFile is { } file)
                Try(() => File.Delete(file));
            return new(check.Position, check.Tip.Height, fault, check.FirstAuthority)
            {
                FiguresFault = figures,
                UnsignedEntries = check.UnsignedEntries,
                ReadBefore = _from is null ? null : new(_from.Position, _from.BegunAt),
            };
        }
        catch (OperationCanceledException)
        {
            Note();
            throw;
        }
    }

    public void Dispose() => _walk.Dispose();

    private static async Task<VerifyState?> StateAsync(
        DbConnection connection, DbTransaction moment, VerifyLedger.Request request, DateTimeOffset now, CancellationToken stop)
    {
        VerifyState? state = null;
        Try(() => state = request.StateFile is { } file ? VerifyState.Load(file) : null);
        if (state is null || state.BegunAt > now || now - state.BegunAt >= LongestInterruption)
            return null;
        // What a block that is asked for must be built on is read again.
        if (request.PinnedBlock is { } pinned && pinned.Height <= state.Tip.Height)
            return null;
        // Of another store, or of this one before it was restored: then it says nothing about this log.
        return await connection.ExecuteScalarAsync<byte[]>(new CommandDefinition(
            "SELECT hash FROM ledger_block WHERE height = @Height", new { state.Tip.Height }, moment, cancellationToken: stop)).ConfigureAwait(false) is { } hash
            && hash.AsSpan().SequenceEqual(state.Tip.Hash) ? state : null;
    }

    private void Report()
    {
        var check = _walk.Check;
        _progress?.Report(new(check.Position, _walk.LastPosition, check.Tip.Height));
        if (check.Position - _noted >= EntriesBetweenNotes)
            Note();
    }

    // What is not sealed yet may still be another log when it is looked at again: only what blocks hold is noted.
    private void Note()
    {
        if (_request.StateFile is not { } file || _walk.Check.Tip.Height == 0 || _walk.Check.UnsignedEntries > 0 || _walk.Check.UnsignedLaunches > 0)
            return;
        Try(() => VerifyState.Of(_walk.Check, _begunAt).Save(file));
        _noted = _walk.Check.Position;
    }

    /// <summary>Begun anew where it cannot be kept: the verdict counts, not the file.</summary>
    private static void Try(Action file)
    {
        try
        {
            file();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or ArgumentException)
        {
        }
    }
}
