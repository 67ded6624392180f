namespace Rally.Sandbox.DiscordServer.RateLimits;

/// <summary>The limit of one bucket; routes that name the same rule share it.</summary>
/// <param name="Name">Tells buckets apart; hashed before a bot sees it.</param>
/// <param name="CountsGlobally">False for the endpoints of interactions, which Discord keeps out of the global limit.</param>
internal sealed record RateLimitRule(string Name, int Limit, TimeSpan Window, bool CountsGlobally = true);
