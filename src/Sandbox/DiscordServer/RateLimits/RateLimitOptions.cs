namespace Rally.Sandbox.DiscordServer.RateLimits;

/// <summary>The limits a bot meets. Discord publishes few of the per-route ones; the defaults are those seen.</summary>
public sealed record RateLimitOptions
{
    /// <summary>False switches every limit off, of REST and of the gateway (for benchmarks).</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Requests in one second over all routes but those of interactions.</summary>
    public int GlobalPerSecond { get; init; } = 50;

    /// <summary>Changes of members' roles in one guild per <see cref="MemberRolesWindow"/>.</summary>
    public int MemberRoles { get; init; } = 10;

    public TimeSpan MemberRolesWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests per <see cref="OtherRoutesWindow"/> in every other bucket.</summary>
    public int OtherRoutes { get; init; } = 5;

    public TimeSpan OtherRoutesWindow { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Least time between two IDENTIFYs (max_concurrency is 1); zero allows them at any pace.</summary>
    public TimeSpan IdentifyInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>IDENTIFYs in a day.</summary>
    public int IdentifiesPerDay { get; init; } = 1_000;

    /// <summary>Payloads one gateway connection may send in 60 s.</summary>
    public int GatewaySendsPerMinute { get; init; } = 120;

    /// <summary>Least time between two requests for all members of a guild.</summary>
    public TimeSpan AllMembersInterval { get; init; } = TimeSpan.FromSeconds(30);
}
