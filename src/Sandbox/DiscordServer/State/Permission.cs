namespace Rally.Sandbox.DiscordServer.State;

/// <summary>The bits of Discord's permission sets that the sandbox looks at, and those @everyone has by default.</summary>
[Flags]
internal enum Permission : ulong
{
    None = 0,
    Administrator = 1UL << 3,
    ManageGuild = 1UL << 5,
    AddReactions = 1UL << 6,
    ViewAuditLog = 1UL << 7,
    ViewChannel = 1UL << 10,
    SendMessages = 1UL << 11,
    ManageMessages = 1UL << 13,
    EmbedLinks = 1UL << 14,
    AttachFiles = 1UL << 15,
    ReadMessageHistory = 1UL << 16,
    UseExternalEmojis = 1UL << 18,
    ChangeNickname = 1UL << 26,
    ManageNicknames = 1UL << 27,
    ManageRoles = 1UL << 28,
    UseApplicationCommands = 1UL << 31,

    Everyone = AddReactions | ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory
        | UseExternalEmojis | ChangeNickname | UseApplicationCommands,

    /// <summary>What an owner or administrator has: every bit Discord has named so far.</summary>
    All = (1UL << 53) - 1,
}
