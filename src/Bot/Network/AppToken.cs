namespace Rally.Bot.Network;

/// <summary>The bot's own access token (client credentials), fetched when missing and renewed a minute before it ends.</summary>
internal sealed class AppToken(RallyOAuth oauth, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private (string Token, DateTimeOffset Ends)? _current;

    public async Task<string> GetAsync(CancellationToken stop)
    {
        if (_current is { } cached && time.GetUtcNow() < cached.Ends - RenewBefore)
            return cached.Token;
        await _turn.WaitAsync(stop);
        try
        {
            if (_current is { } other && time.GetUtcNow() < other.Ends - RenewBefore)
                return other.Token;
            var answer = await oauth.ClientCredentialsAsync(stop);
            _current = (answer.AccessToken, time.GetUtcNow() + TimeSpan.FromSeconds(answer.ExpiresInSeconds));
            return answer.AccessToken;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The network refused <paramref name="token"/>: the next call fetches another.</summary>
    public void Forget(string token)
    {
        if (_current?.Token == token)
            _current = null;
    }

    public void Dispose() => _turn.Dispose();
}
