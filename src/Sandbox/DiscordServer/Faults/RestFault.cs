namespace Rally.Sandbox.DiscordServer.Faults;

/// <summary>What the next matching REST requests meet instead of, or before, their answer.</summary>
/// <param name="PathPrefix">Start of the path after /api/v10, such as /guilds/1/members; "/" matches all.</param>
/// <param name="Method">GET, PUT…; null matches all.</param>
/// <param name="Status">The status to answer with; null lets the request through after <paramref name="DelayMs"/>.</param>
/// <param name="Times">How many requests meet it.</param>
/// <param name="RetryAfterSeconds">For 429.</param>
/// <param name="DelayMs">How long the request waits first.</param>
internal sealed record RestFault(
    string PathPrefix, string? Method = null, int? Status = null, int Times = 1, double RetryAfterSeconds = 1, int DelayMs = 0)
{
    public bool Matches(string method, string path) =>
        (Method is null || Method.Equals(method, StringComparison.OrdinalIgnoreCase))
        && path.StartsWith(PathPrefix, StringComparison.Ordinal);

    /// <summary>What is wrong with it, or null.</summary>
    public string? Problem() => this switch
    {
        { PathPrefix: null } or { PathPrefix: "" } => "pathPrefix is needed; \"/\" matches all.",
        { Status: < 400 or > 599 } => "status is from 400 to 599.",
        { Times: < 1 or > 100_000 } => "times is from 1 to 100000.",
        { RetryAfterSeconds: < 0 or > 3600 } => "retryAfterSeconds is from 0 to 3600.",
        { DelayMs: < 0 or > 600_000 } => "delayMs is from 0 to 600000.",
        { Status: null, DelayMs: 0 } => "A fault has a status, a delayMs or both.",
        _ => null,
    };
}
