using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.Roles;

/// <summary>A guild's roles and what the bot may do with them, by Discord's rules.</summary>
/// <param name="GuildId">The guild; its @everyone role has the same id.</param>
/// <param name="Roles">All roles by id.</param>
/// <param name="OwnRoleIds">The roles the bot itself has.</param>
internal sealed record RoleHierarchy(ulong GuildId, IReadOnlyDictionary<ulong, DiscordRole> Roles, IReadOnlyList<ulong> OwnRoleIds)
{
    /// <summary>A role's name for people, with its id when it is gone.</summary>
    public string NameOf(ulong roleId) => Roles.TryGetValue(roleId, out var role) ? role.Name : $"deleted role {roleId}";

    /// <summary>Stays the same as long as nothing changes of what decides who may give which role.</summary>
    public string Fingerprint { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('|',
        Roles.Values.OrderBy(role => role.Id).Select(role => string.Create(
            CultureInfo.InvariantCulture, $"{role.Id}/{role.Position}/{(ulong)(role.Permissions & Decisive)}/{role.Managed}"))
            .Concat(OwnRoleIds.Order().Select(id => id.ToString(CultureInfo.InvariantCulture)))))))[..32];

    /// <summary>Whether another bot may change members' roles here, as far as the roles that belong to bots say.</summary>
    public bool AnotherBotManagesRoles { get; } = Roles.Values.Any(role =>
        role.Tags?.BotId is not null && !OwnRoleIds.Contains(role.Id) && (role.Permissions & Decisive) != 0);

    private const Permissions Decisive = Permissions.ManageRoles | Permissions.Administrator;

    /// <summary>Why the bot cannot give or take a role, and how to mend it; null when it can.</summary>
    public string? WhyNot(ulong roleId)
    {
        if (roleId == GuildId)
            return "@everyone is not a role that can be given. Choose another role.";
        if (!Roles.TryGetValue(roleId, out var role))
            return "The role no longer exists. Remove its tier with /tier remove, or add one with another role.";
        if (role.Managed)
            return $"{role.Name} belongs to an integration, and Discord lets nobody else give it. Choose another role.";

        var own = OwnRoleIds.Append(GuildId).Where(Roles.ContainsKey).Select(id => Roles[id]).ToList();
        if (!own.Exists(mine => (mine.Permissions & Decisive) != 0))
            return "The bot lacks the permission Manage Roles. Switch it on for the bot's role in Server Settings > Roles.";
        var highest = own.MaxBy(Rank);
        return highest is not null && Rank(role).CompareTo(Rank(highest)) < 0
            ? null
            : $"{role.Name} is not below the bot's highest role, {highest?.Name ?? "@everyone"}. In Server Settings > Roles, drag the bot's role above {role.Name}.";
    }

    // Of two roles in the same position the one with the lower id stands higher.
    private static (int Position, ulong Age) Rank(DiscordRole role) => (role.Position, ulong.MaxValue - role.Id);
}
