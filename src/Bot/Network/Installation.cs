namespace Rally.Bot.Network;

/// <summary>
/// The addresses and the client credentials the bot works with. They are known only once the server listens (the port
/// may be chosen by the system), so whoever needs them awaits <see cref="GetAsync"/>.
/// </summary>
internal sealed class Installation
{
    /// <summary>Where the network sends a fan's browser back to, below the bot's own address.</summary>
    public const string LinkCallbackPath = "link/callback";

    private readonly TaskCompletionSource<Known> _known = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is known of this installation.</summary>
    /// <param name="PublicUrl">As browsers reach the bot's pages.</param>
    /// <param name="WebhookUrl">Where the network shall deliver events.</param>
    /// <param name="NetworkUrl">The network's base address as this process reaches it.</param>
    /// <param name="NetworkPublicUrl">The network's base address as browsers reach it.</param>
    /// <param name="IsEmbedded">Whether this process hosts the network.</param>
    /// <param name="ClientId">The bot's OAuth client id.</param>
    /// <param name="ClientSecret">The bot's OAuth client secret.</param>
    public sealed record Known(
        Uri PublicUrl, Uri WebhookUrl, Uri NetworkUrl, Uri NetworkPublicUrl, bool IsEmbedded,
        string ClientId, string ClientSecret)
    {
        /// <summary>The redirect URI registered for linking fans.</summary>
        public Uri LinkCallback => new(PublicUrl, LinkCallbackPath);

        /// <summary>What the subscription is kept under: an embedded network may listen on another port at each start and is the same one.</summary>
        public string SubscriptionKey => IsEmbedded ? "embedded" : NetworkUrl.ToString();

        public override string ToString() => $"{PublicUrl} on {NetworkUrl}"; // the secret stays out of logs
    }

    public Task<Known> GetAsync(CancellationToken stop = default) => _known.Task.WaitAsync(stop);

    public void Set(Known known) => _known.TrySetResult(known);
}
