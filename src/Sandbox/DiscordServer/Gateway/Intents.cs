namespace Rally.Sandbox.DiscordServer.Gateway;

/// <summary>Bits of IDENTIFY's intents.</summary>
internal static class Intents
{
    public const int Guilds = 1 << 0;
    public const int GuildMembers = 1 << 1;
    public const int GuildPresences = 1 << 8;
    public const int GuildMessages = 1 << 9;
    public const int DirectMessages = 1 << 12;
    public const int MessageContent = 1 << 15;

    /// <summary>Every bit that Discord has given a meaning; others are close code 4013.</summary>
    public const int Known = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;

    /// <summary>For INTERACTION_CREATE and others that need no intent.</summary>
    public const int None = 0;
}
