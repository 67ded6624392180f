using System.Security.Cryptography;
using System.Text;

namespace Rally.Sandbox.DiscordServer.State;

/// <summary>Makes the first state out of a seed.</summary>
internal static class Genesis
{
    public static WorldData Create(SandboxSeed seed, DateTimeOffset now)
    {
        if (seed.Roles.Count(role => role.Kind == SeedRoleKind.Bot) != 1 || seed.Members.Count == 0 || seed.Channels.Count == 0)
            throw new ArgumentException("A seed has one bot role, at least one member and at least one channel.", nameof(seed));

        var data = new WorldData
        {
            BotToken = NewToken(seed.ApplicationId),
            SigningKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            ApplicationId = seed.ApplicationId,
            GuildId = seed.GuildId,
            GuildName = seed.GuildName,
            OwnerId = seed.Members[0].Id,
        };
        data.Roles.Add(seed.GuildId, new Role { Id = seed.GuildId, Name = "@everyone", Permissions = Permission.Everyone });
        foreach (var (index, role) in seed.Roles.Index())
            data.Roles.Add(role.Id, ToRole(role, index + 1, seed.ApplicationId));

        var botRole = seed.Roles.Single(role => role.Kind == SeedRoleKind.Bot).Id;
        Add(data, new(seed.ApplicationId, seed.BotName, seed.BotName, IsBot: true), [botRole], now);
        foreach (var member in seed.Members)
            Add(data, new(member.Id, member.Username, member.DisplayName, IsBot: false), member.RoleIds, now);
        foreach (var channel in seed.Channels)
            data.Channels.Add(channel.Id, new Channel { Id = channel.Id, Name = channel.Name });
        return data;
    }

    private static void Add(WorldData data, User user, IEnumerable<ulong> roleIds, DateTimeOffset now)
    {
        data.Users.Add(user.Id, user);
        data.Members.Add(user.Id, new Member { UserId = user.Id, JoinedAt = now, RoleIds = [.. roleIds] });
    }

    private static Role ToRole(SeedRole role, int position, ulong botId) => new()
    {
        Id = role.Id,
        Name = role.Name,
        Colour = role.Colour,
        Hoisted = true,
        Position = position,
        BotId = role.Kind == SeedRoleKind.Bot ? botId : null,
        Permissions = role.Kind switch
        {
            SeedRoleKind.Administrator => Permission.Administrator,
            SeedRoleKind.Bot => Permission.ManageRoles | Permission.ViewAuditLog | Permission.Everyone,
            _ => Permission.None,
        },
    };

    /// <summary>Shaped like Discord's: the bot's id in Base64, a part that tells when, and the secret.</summary>
    private static string NewToken(ulong botId) => string.Join('.',
        Convert.ToBase64String(Encoding.ASCII.GetBytes($"{botId}")).TrimEnd('='),
        RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 6),
        RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 38));
}
