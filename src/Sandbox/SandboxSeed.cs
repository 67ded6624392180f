namespace Rally.Sandbox;

/// <summary>A named thing of the sandbox's guild.</summary>
/// <param name="Id">Discord snowflake.</param>
public sealed record SandboxEntry(ulong Id, string Name);

/// <summary>A role of a new guild, in order from low to high; the bot's own role marks its place in that order.</summary>
public sealed record SeedRole(ulong Id, string Name, int Colour, SeedRoleKind Kind = SeedRoleKind.Plain);

public enum SeedRoleKind
{
    Plain,

    /// <summary>The managed role that comes with the bot, with Manage Roles.</summary>
    Bot,

    /// <summary>Has the Administrator permission.</summary>
    Administrator,
}

/// <summary>A person in a new guild.</summary>
/// <param name="RoleIds">Roles of the seed that the member has from the start.</param>
public sealed record SeedMember(ulong Id, string Username, string DisplayName, params ulong[] RoleIds);

/// <summary>A guild as it is at the first start. Ids are snowflakes and must differ from each other.</summary>
public sealed record SandboxSeed
{
    public required ulong GuildId { get; init; }

    public required string GuildName { get; init; }

    /// <summary>The application's id, which is also its bot user's.</summary>
    public required ulong ApplicationId { get; init; }

    public required string BotName { get; init; }

    /// <summary>Low to high, without @everyone, with exactly one of <see cref="SeedRoleKind.Bot"/>.</summary>
    public required IReadOnlyList<SeedRole> Roles { get; init; }

    /// <summary>The first one owns the guild.</summary>
    public required IReadOnlyList<SeedMember> Members { get; init; }

    /// <summary>Text channels.</summary>
    public required IReadOnlyList<SandboxEntry> Channels { get; init; }

    /// <summary>A creator, four fans, three tiers below the bot's role and an Admin role above it.</summary>
    public static SandboxSeed CreatorClubhouse { get; } = new()
    {
        GuildId = 1300000000000000001,
        GuildName = "Creator Clubhouse",
        ApplicationId = 1300000000000000002,
        BotName = "Rally",
        Roles =
        [
            new(1300000000000000011, "Bronze", 0xCD7F32),
            new(1300000000000000012, "Silver", 0x9AA4B2),
            new(1300000000000000013, "Gold", 0xE5B80B),
            new(1300000000000000014, "Rally Bot", 0x5B6EE1, SeedRoleKind.Bot),
            new(1300000000000000015, "Admin", 0xE0566B, SeedRoleKind.Administrator),
        ],
        Members =
        [
            new(1300000000000000021, "portemonnaie", "portemonnaie", 1300000000000000015),
            new(1300000000000000022, "fan", "fan"),
            new(1300000000000000023, "nova", "nova"),
            new(1300000000000000024, "quill", "quill"),
            new(1300000000000000025, "ember", "ember"),
        ],
        Channels = [new(1300000000000000031, "general"), new(1300000000000000032, "coins")],
    };
}
