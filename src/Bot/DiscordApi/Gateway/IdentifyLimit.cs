using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>
/// Keeps IDENTIFYs within session_start_limit. Shards whose id is the same modulo max_concurrency share one turn every
/// five seconds; this process runs one shard, so its own turns are all it must keep apart.
/// </summary>
internal sealed class IdentifyLimit(TimeProvider time, ILogger log) : IDisposable
{
    private readonly SlidingWindow _turns = new(1, TimeSpan.FromSeconds(5), time);

    /// <summary>Before connecting: waits out the day when its IDENTIFYs are used up; one more would reset the token.</summary>
    public async Task WaitForBudgetAsync(SessionStartLimit limit, CancellationToken stop)
    {
        if (limit.Remaining > 0)
            return;
        var wait = TimeSpan.FromMilliseconds(limit.ResetAfter);
        log.LogError("All {Total} session starts of the day are used up; connecting again in {Wait}.", limit.Total, wait);
        await Task.Delay(wait, time, stop);
    }

    /// <summary>Right before an IDENTIFY.</summary>
    public Task WaitForTurnAsync(CancellationToken stop) => _turns.EnterAsync(stop);

    public void Dispose() => _turns.Dispose();
}
