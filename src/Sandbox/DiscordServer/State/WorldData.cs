using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Rally.Sandbox.DiscordServer.State;

/// <summary>Everything that outlives a restart; the state file is exactly this as JSON.</summary>
internal sealed class WorldData
{
    public required string BotToken { get; set; }

    /// <summary>Ed25519 private key that signs interactions over HTTP, in hexadecimal.</summary>
    public required string SigningKey { get; init; }

    public required ulong ApplicationId { get; init; }

    public required ulong GuildId { get; init; }

    public required string GuildName { get; init; }

    public required ulong OwnerId { get; init; }

    public string? InteractionsEndpoint { get; set; }

    /// <summary>Everybody ever seen, in the guild or not.</summary>
    public Dictionary<ulong, User> Users { get; init; } = [];

    public Dictionary<ulong, Role> Roles { get; init; } = [];

    public Dictionary<ulong, Member> Members { get; init; } = [];

    public Dictionary<ulong, Channel> Channels { get; init; } = [];

    public Dictionary<ulong, ApplicationCommand> Commands { get; init; } = [];

    /// <summary>When commands were created lately, for the daily limit.</summary>
    public List<CommandCreation> CommandCreations { get; init; } = [];

    public List<AuditLogEntry> AuditLog { get; init; } = [];
}

/// <param name="Locale">What their Discord is set to, such as <c>fr</c>.</param>
internal sealed record User(ulong Id, string Username, string DisplayName, bool IsBot, string Locale = User.DefaultLocale)
{
    public const string DefaultLocale = "en-US";
}

internal sealed class Role
{
    public required ulong Id { get; init; }

    public required string Name { get; set; }

    public int Colour { get; set; }

    public bool Hoisted { get; set; }

    public bool Mentionable { get; set; }

    public int Position { get; set; }

    public Permission Permissions { get; set; }

    /// <summary>The bot this role belongs to; such a role is managed, and nobody can grant it.</summary>
    public ulong? BotId { get; init; }
}

internal sealed class Member
{
    public required ulong UserId { get; init; }

    public string? Nick { get; set; }

    public required DateTimeOffset JoinedAt { get; init; }

    /// <summary>Without @everyone.</summary>
    public HashSet<ulong> RoleIds { get; init; } = [];
}

internal sealed class Channel
{
    public required ulong Id { get; init; }

    /// <summary>Empty for a direct channel.</summary>
    public required string Name { get; init; }

    /// <summary>The other side of a direct channel with the bot; null for one of the guild.</summary>
    public ulong? RecipientId { get; init; }

    /// <summary>Oldest first; only the latest <see cref="KeptMessages"/> are kept.</summary>
    public List<Message> Messages { get; init; } = [];

    public const int KeptMessages = 200;
}

internal sealed class Message
{
    public const int Ephemeral = 1 << 6;

    public required ulong Id { get; init; }

    public required ulong ChannelId { get; init; }

    public required ulong AuthorId { get; init; }

    public string Content { get; set; } = "";

    public JsonArray Embeds { get; set; } = [];

    public JsonArray Components { get; set; } = [];

    public List<Attachment> Attachments { get; set; } = [];

    public int Flags { get; set; }

    public required DateTimeOffset SentAt { get; init; }

    public DateTimeOffset? EditedAt { get; set; }

    /// <summary>The only member who sees an ephemeral message.</summary>
    public ulong? OnlyFor { get; init; }

    public MessageOrigin? Origin { get; init; }

    public List<ulong> MentionedUsers { get; set; } = [];

    public List<ulong> MentionedRoles { get; set; } = [];

    public bool MentionsEveryone { get; set; }
}

/// <summary>A file on a message. Its bytes are kept as long as the sandbox runs, not in the state file.</summary>
internal sealed record Attachment(ulong Id, string Filename, string ContentType, string? Description, int Size, string Url)
{
    [JsonIgnore]
    public byte[]? Content { get; init; }
}

/// <summary>The interaction a message answers.</summary>
internal sealed record MessageOrigin(ulong InteractionId, int InteractionType, ulong UserId, string? CommandName, bool IsOriginal);

internal sealed class ApplicationCommand
{
    public required ulong Id { get; init; }

    /// <summary>Null for a global command.</summary>
    public ulong? GuildId { get; init; }

    /// <summary>The command as Discord shows it, validated, without ids and version.</summary>
    public required JsonObject Definition { get; set; }

    public required ulong Version { get; set; }

    public string Name => Definition["name"]!.GetValue<string>();

    public int Type => Definition["type"]!.GetValue<int>();
}

internal sealed record CommandCreation(ulong? GuildId, DateTimeOffset At);

internal sealed record AuditLogEntry(ulong Id, AuditLogAction Action, ulong ActorId, ulong TargetId, string? Reason, JsonArray Changes);

/// <summary>Discord's numbers of audited actions.</summary>
internal enum AuditLogAction
{
    MemberUpdate = 24,
    MemberRoleUpdate = 25,
    RoleCreate = 30,
    RoleUpdate = 31,
    RoleDelete = 32,
    MessageDelete = 72,
}
