using System.Security.Cryptography;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Gateway;

/// <summary>The gateway's sessions, and the pace at which new ones may begin.</summary>
internal sealed class GatewayHub
{
    /// <summary>How long a session without a connection can still be resumed.</summary>
    private static readonly TimeSpan ResumeWindow = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, GatewaySession> _sessions = [];
    private readonly SandboxOptions _options;
    private DateTimeOffset _nextIdentify;
    private DateTimeOffset _dayEnd;
    private int _identifiesToday;
    private DateTimeOffset _nextAllMembers;

    public GatewayHub(World world, SandboxOptions options)
    {
        _options = options;
        world.Listen(change =>
        {
            foreach (var session in Sessions)
                session.Hear(change);
        });
    }

    public IReadOnlyList<GatewaySession> Sessions
    {
        get
        {
            lock (_gate)
                return [.. _sessions.Values];
        }
    }

    public IEnumerable<GatewayConnection> Connections => Sessions.Select(session => session.Connection).OfType<GatewayConnection>();

    public int IdentifiesPerDay => _options.RateLimits.IdentifiesPerDay;

    /// <summary>IDENTIFYs left today, and the time until there are new ones.</summary>
    public (int Remaining, TimeSpan ResetAfter) IdentifyBudget()
    {
        lock (_gate)
        {
            BeginDay();
            return (_options.RateLimits.IdentifiesPerDay - _identifiesToday, _dayEnd - _options.Time.GetUtcNow());
        }
    }

    /// <summary>False when it comes too soon after the last one.</summary>
    public bool MayIdentify()
    {
        var limits = _options.RateLimits;
        lock (_gate)
        {
            BeginDay();
            var now = _options.Time.GetUtcNow();
            if (limits.Enabled && (now < _nextIdentify || _identifiesToday >= limits.IdentifiesPerDay))
                return false;
            _nextIdentify = now + limits.IdentifyInterval;
            _identifiesToday++;
            return true;
        }
    }

    /// <summary>The time until all members may be asked for again; zero when now, which counts.</summary>
    public TimeSpan TakeAllMembers()
    {
        lock (_gate)
        {
            var now = _options.Time.GetUtcNow();
            if (_options.RateLimits.Enabled && now < _nextAllMembers)
                return _nextAllMembers - now;
            _nextAllMembers = now + _options.RateLimits.AllMembersInterval;
            return TimeSpan.Zero;
        }
    }

    public GatewaySession Begin(int intents, int shard, int shardCount)
    {
        var session = new GatewaySession(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), intents, shard, shardCount);
        lock (_gate)
            _sessions.Add(session.Id, session);
        return session;
    }

    public void End(GatewaySession session)
    {
        lock (_gate)
            _sessions.Remove(session.Id);
    }

    /// <summary>Null when there is none or its time has passed.</summary>
    public GatewaySession? Find(string id)
    {
        lock (_gate)
        {
            var now = _options.Time.GetUtcNow();
            foreach (var stale in _sessions.Values.Where(session => session.DetachedAt + ResumeWindow < now).ToArray())
                _sessions.Remove(stale.Id);
            return _sessions.GetValueOrDefault(id);
        }
    }

    private void BeginDay()
    {
        var now = _options.Time.GetUtcNow();
        if (now >= _dayEnd)
            (_dayEnd, _identifiesToday) = (now + Day, 0);
    }
}
