using System.ComponentModel.DataAnnotations;

namespace Rally.Bot.DiscordApi;

/// <summary>What one bot needs to talk to Discord. Never logged: it holds the token.</summary>
internal sealed class DiscordOptions
{
    /// <summary>The bot's token, without the word <c>Bot</c> before it.</summary>
    [Required(ErrorMessage = "The Discord bot token is missing; copy it from the developer portal, Bot > Reset Token.")]
    public string Token { get; set; } = "";

    /// <summary>Root of the HTTP API with its version.</summary>
    public Uri ApiBase { get; set; } = new("https://discord.com/api/v10");

    /// <summary>The application's Ed25519 public key in hexadecimal; needed only where interactions arrive over HTTP.</summary>
    [RegularExpression("^([0-9a-fA-F]{64})?$", ErrorMessage = "The public key is 64 hexadecimal digits; see General Information in the developer portal.")]
    public string PublicKey { get; set; } = "";

    /// <summary>Named in the User-Agent, as Discord demands: who to turn to, and which version.</summary>
    public Uri HomePage { get; set; } = new("https://github.com/discord/discord-api-docs");

    /// <inheritdoc cref="HomePage"/>
    public string Version { get; set; } = "0.1.0";

    /// <summary>Which events the gateway sends.</summary>
    public Gateway.GatewayIntents Intents { get; set; } = Gateway.GatewayIntents.Guilds | Gateway.GatewayIntents.GuildMembers;

    /// <summary>This connection's place among <see cref="ShardCount"/>.</summary>
    [Range(0, int.MaxValue)]
    public int ShardId { get; set; }

    [Range(1, int.MaxValue)]
    public int ShardCount { get; set; } = 1;

    /// <summary>
    /// Discord allows 50 a second for the whole bot, and large bots more on request; interaction callbacks and webhooks
    /// do not count.
    /// </summary>
    [Range(1, 100_000)]
    public int GlobalRequestsPerSecond { get; set; } = 50;

    /// <summary>
    /// 401, 403 and 429 answers within ten minutes after which nothing more is sent; at 10,000 Discord shuts out the
    /// whole IP address.
    /// </summary>
    [Range(1, 9_000)]
    public int InvalidRequestBudget { get; set; } = 5_000;

    /// <summary>How often one request is sent at most, over rate limits, server errors and network faults.</summary>
    [Range(1, 20)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(15);
}
