namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>A session that a new connection can take up again.</summary>
internal sealed class GatewaySession(string id, Uri resumeUrl)
{
    private long _sequence;

    public string Id { get; } = id;

    public Uri ResumeUrl { get; } = resumeUrl;

    /// <summary>Number of the last event received.</summary>
    public long Sequence
    {
        get => Interlocked.Read(ref _sequence);
        set => Interlocked.Exchange(ref _sequence, value);
    }
}
