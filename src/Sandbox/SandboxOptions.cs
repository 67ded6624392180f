using Rally.Sandbox.DiscordServer.RateLimits;

namespace Rally.Sandbox;

/// <summary>How a sandbox starts. Every default gives a guild that a bot can use at once.</summary>
public sealed record SandboxOptions
{
    /// <summary>TCP port on 127.0.0.1; 0 takes any free one.</summary>
    public int Port { get; init; }

    /// <summary>
    /// JSON file that holds the whole state, written on each change and read back at start, so that ids, roles,
    /// members, commands and the bot's token survive a restart. Null keeps the state in memory only.
    /// </summary>
    public string? StateFile { get; init; }

    /// <summary>What a new state begins with; not looked at when <see cref="StateFile"/> exists.</summary>
    public SandboxSeed Seed { get; init; } = SandboxSeed.CreatorClubhouse;

    /// <summary>The bot's token; null makes one at the first start and keeps it in the state.</summary>
    public string? BotToken { get; init; }

    /// <summary>Where all time-outs, rate-limit windows and ids take their time from.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    public RateLimitOptions RateLimits { get; init; } = new();

    /// <summary>How long a bot has for its first response to an interaction; Discord gives 3 s.</summary>
    public TimeSpan InteractionTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The heartbeat interval of HELLO; Discord's is about 41 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMilliseconds(41_250);

    /// <summary>
    /// False acts as if the privileged Server Members intent were switched off in the developer portal: close code
    /// 4014 on IDENTIFY with it, and 403 (50001) on listing members.
    /// </summary>
    public bool ServerMembersIntent { get; init; } = true;
}
