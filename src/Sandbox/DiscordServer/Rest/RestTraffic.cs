namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>What the REST side has seen since it started.</summary>
public sealed class RestTraffic
{
    private long _requests;
    private long _rateLimited;
    private long _invalid;

    /// <summary>Requests under /api, of whatever outcome.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Requests answered 429.</summary>
    public long RateLimited => Interlocked.Read(ref _rateLimited);

    /// <summary>Answers 401, 403 and 429: Discord restricts an address after 10,000 of them in 10 minutes.</summary>
    public long Invalid => Interlocked.Read(ref _invalid);

    internal void Count(int status)
    {
        Interlocked.Increment(ref _requests);
        if (status == 429)
            Interlocked.Increment(ref _rateLimited);
        if (status is 401 or 403 or 429)
            Interlocked.Increment(ref _invalid);
    }
}
