namespace Rally.Bot.DiscordApi.Models;

/// <summary>Where the gateway is and how often it may be entered.</summary>
internal sealed record GatewayBot(Uri Url, int Shards, SessionStartLimit SessionStartLimit);

/// <param name="ResetAfter">Milliseconds until <see cref="Remaining"/> is <see cref="Total"/> again.</param>
/// <param name="MaxConcurrency">IDENTIFYs allowed per five seconds.</param>
internal sealed record SessionStartLimit(int Total, int Remaining, long ResetAfter, int MaxConcurrency);
