namespace Rally.Sandbox.DiscordServer.Faults;

/// <summary>The faults that testers have asked for and that have not run out.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<RestFault> _rest = [];
    private volatile bool _heartbeatsUnanswered;

    /// <summary>True keeps the gateway from acknowledging heartbeats, as a connection does that has died unseen.</summary>
    public bool HeartbeatsUnanswered
    {
        get => _heartbeatsUnanswered;
        set => _heartbeatsUnanswered = value;
    }

    public IReadOnlyList<RestFault> Rest
    {
        get
        {
            lock (_gate)
                return [.. _rest];
        }
    }

    public void Add(RestFault fault)
    {
        lock (_gate)
            _rest.Add(fault);
    }

    public void Clear()
    {
        lock (_gate)
            _rest.Clear();
        HeartbeatsUnanswered = false;
    }

    /// <summary>The oldest fault that matches, which thereby is used once.</summary>
    public RestFault? Take(string method, string path)
    {
        lock (_gate)
        {
            var index = _rest.FindIndex(fault => fault.Matches(method, path));
            if (index < 0)
                return null;
            var taken = _rest[index];
            if (taken.Times == 1)
                _rest.RemoveAt(index);
            else
                _rest[index] = taken with { Times = taken.Times - 1 };
            return taken;
        }
    }
}
