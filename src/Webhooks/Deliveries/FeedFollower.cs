namespace Rally.Webhooks.Deliveries;

/// <summary>One endpoint or stream along the feed, and how it waits at the end. Its state is the tail's to change, under the tail's lock.</summary>
internal sealed class FeedFollower(FeedFollowers followers, EventFilter filter, EndpointVersion? endpoint) : IDisposable
{
    private TaskCompletionSource? _waiting;

    public EventFilter Filter => filter;

    /// <summary>Null for a stream.</summary>
    public EndpointVersion? Endpoint => endpoint;

    public bool IsWaiting => _waiting is { Task.IsCompleted: false };

    /// <summary>
    /// It came from somewhere past the tail's end, where another process had read on, and so is woken by whatever moves that.
    /// </summary>
    public bool IsAhead { get; private set; }

    /// <summary>Where it began to wait; once woken, how far everything is dealt with.</summary>
    public Cursor At { get; private set; }

    /// <returns>Done when something wakes it.</returns>
    public Task Wait(Cursor from, bool isAhead)
    {
        (At, IsAhead) = (from, isAhead);
        if (isAhead)
            followers.AddAhead(this);
        _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiting.Task;
    }

    /// <param name="at">All up to there is dealt with, unless it is ahead.</param>
    public void Wake(Cursor at)
    {
        if (!IsWaiting)
            return;
        At = IsAhead ? At : at;
        _waiting!.SetResult();
    }

    public void Dispose() => followers.Remove(this);
}

/// <summary>An endpoint as it was when its deliveries began; see <see cref="Progress"/>.</summary>
internal readonly record struct EndpointVersion(Guid Id, long Revision, long Epoch);
