using System.Diagnostics.CodeAnalysis;

namespace Rally.Bot.DiscordApi.Rest;

/// <summary>
/// One of Discord's rate limits as the answers describe it. Requests queue here before they are sent: one alone until
/// the first answer tells the limit, then as many at once as remain, then none until the window resets.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing; a bucket may be forgotten while somebody enters it.")]
internal sealed class RateLimitBucket(TimeProvider time)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int? _limit;
    private int _remaining = 1;
    private DateTimeOffset? _resetsAt;
    private int _inFlight;
    private int _waiting;

    /// <summary>Forgetting it now loses nothing.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate)
                return _inFlight == 0 && _waiting == 0 && !(_resetsAt > time.GetUtcNow());
        }
    }

    /// <summary>Waits for a place; <see cref="Leave"/> must follow.</summary>
    public async Task EnterAsync(CancellationToken stop)
    {
        lock (_gate)
            _waiting++;
        try
        {
            await _turn.WaitAsync(stop);
            try
            {
                while (!TryTake(out var untilReset, out var answered))
                    await (untilReset is { } wait ? Task.Delay(wait, time, stop) : answered.WaitAsync(stop));
            }
            finally
            {
                _turn.Release();
            }
        }
        finally
        {
            lock (_gate)
                _waiting--;
        }
    }

    /// <summary>An answer came; without headers, the route has no limit that Discord tells of.</summary>
    public void Answered(RateLimitHeaders? headers)
    {
        lock (_gate)
        {
            if (headers is null)
            {
                if (_limit is null)
                    _remaining = int.MaxValue;
                return;
            }

            var now = time.GetUtcNow();
            var resetsAt = now + headers.ResetAfter;
            var othersInFlight = Math.Max(0, _inFlight - 1);
            _remaining = _resetsAt > now
                ? Math.Min(_remaining, headers.Remaining)
                : Math.Max(0, headers.Remaining - othersInFlight);
            _resetsAt = _resetsAt > resetsAt ? _resetsAt : resetsAt;
            _limit = headers.Limit;
        }
    }

    /// <summary>A 429: nothing goes before <paramref name="retryAfter"/>.</summary>
    public void Block(TimeSpan retryAfter)
    {
        lock (_gate)
        {
            var until = time.GetUtcNow() + retryAfter;
            _remaining = 0;
            _resetsAt = _resetsAt > until ? _resetsAt : until;
        }
    }

    /// <summary>The request is over, answered or not.</summary>
    public void Leave()
    {
        TaskCompletionSource answered;
        lock (_gate)
        {
            _inFlight--;
            // Nobody is left who could tell when the window ends: probe again.
            if (_inFlight == 0 && _resetsAt is null && _remaining <= 0)
                _remaining = _limit ?? 1;
            answered = _answered;
            _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        answered.SetResult();
    }

    private bool TryTake(out TimeSpan? untilReset, out Task answered)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_resetsAt <= now)
            {
                _resetsAt = null;
                _remaining = Math.Max((_limit ?? 1) - _inFlight, 0);
            }

            untilReset = _resetsAt - now;
            answered = _answered.Task;
            if (_remaining <= 0)
                return false;
            _remaining--;
            _inFlight++;
            return true;
        }
    }
}
