namespace Rally.Bot.DiscordApi.Rest;

/// <summary>Nothing was sent: the token is dead, or more refusals would make Discord shut out this IP address.</summary>
internal sealed class DiscordStoppedException(string message, bool tokenIsDead) : Exception(message)
{
    /// <summary>True when only a new token helps; false when waiting does.</summary>
    public bool TokenIsDead { get; } = tokenIsDead;
}
