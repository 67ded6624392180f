namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>The gateway will not have this bot until a person changes something; the message says what.</summary>
internal sealed class GatewayClosedException(int closeCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Discord's close code, 4004 or 4010 to 4014.</summary>
    public int CloseCode { get; } = closeCode;
}
