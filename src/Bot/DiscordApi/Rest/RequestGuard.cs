using System.Net;

namespace Rally.Bot.DiscordApi.Rest;

/// <summary>
/// Counts the answers that Discord holds against an IP address (401, 403, 429 within ten minutes; 10,000 shut it out)
/// and stops sending well before. After a 401 to the bot's token it never sends with it again.
/// </summary>
internal sealed class RequestGuard(int budget, TimeProvider time)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Queue<DateTimeOffset> _invalid = new();
    private bool _tokenIsDead;

    /// <exception cref="DiscordStoppedException">Nothing more may be sent now.</exception>
    public void ThrowIfStopped(bool asBot)
    {
        lock (_gate)
        {
            if (asBot && _tokenIsDead)
            {
                throw new DiscordStoppedException(
                    "Discord rejected the bot token (401). Put a new one from the developer portal in place and restart.", tokenIsDead: true);
            }

            Forget();
            if (_invalid.Count >= budget)
            {
                throw new DiscordStoppedException(
                    $"Discord refused {_invalid.Count} requests (401, 403, 429) within ten minutes; at 10,000 it shuts out this IP address. "
                    + $"Sending goes on at {_invalid.Peek() + Window:u}; until then look for what is refused, most likely a missing permission.",
                    tokenIsDead: false);
            }
        }
    }

    public void Count(HttpStatusCode status, bool asBot, bool sharedLimit)
    {
        lock (_gate)
        {
            if (status == HttpStatusCode.Unauthorized && asBot)
                _tokenIsDead = true;
            // A 429 of a limit shared with others is not held against anybody.
            if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests && !sharedLimit)
                _invalid.Enqueue(time.GetUtcNow());
        }
    }

    private void Forget()
    {
        var edge = time.GetUtcNow() - Window;
        while (_invalid.TryPeek(out var oldest) && oldest <= edge)
            _invalid.Dequeue();
    }
}
