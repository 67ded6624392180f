namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>What a close of the connection means for the next one.</summary>
internal static class CloseCode
{
    /// <summary>Ours, on a connection whose heartbeats go unanswered: other than 1000 and 1001 it keeps the session.</summary>
    public const int Unresponsive = 4000;

    /// <summary>Discord's, when the token is not one.</summary>
    public const int TokenRejected = 4004;

    /// <summary>A sentence on what to do where connecting again cannot help; otherwise null.</summary>
    public static string? FinalReason(int? code) => code switch
    {
        TokenRejected => "Discord rejected the bot token. Put a new one from the developer portal (Bot > Reset Token) in place and restart.",
        4010 => "The shard id does not fit the shard count; correct the settings and restart.",
        4011 => "The bot is in too many guilds for one connection (2,500 a shard); raise the shard count and restart.",
        4012 => "This version of the gateway is no longer served; update the bot.",
        4013 => "The intents are not valid; this is a fault of the bot, please report it.",
        4014 => "The bot asks for an intent it may not have. In the developer portal open the application, Bot > Privileged Gateway Intents, "
            + "switch on \"Server Members Intent\", save and restart.",
        _ => null,
    };

    /// <summary>The session is gone: the next connection identifies.</summary>
    public static bool EndsSession(int? code) => code is 4003 or 4007 or 4009;
}
