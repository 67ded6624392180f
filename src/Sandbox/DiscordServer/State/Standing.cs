namespace Rally.Sandbox.DiscordServer.State;

/// <summary>What a member may do in the guild: Discord's rules of permissions and of the roles' order.</summary>
internal static class Standing
{
    public static Permission PermissionsOf(WorldData data, ulong userId)
    {
        if (!data.Members.TryGetValue(userId, out var member))
            return Permission.None;
        var granted = member.RoleIds.Aggregate(
            data.Roles[data.GuildId].Permissions, (sum, role) => sum | data.Roles[role].Permissions);
        return userId == data.OwnerId || granted.HasFlag(Permission.Administrator) ? Permission.All : granted;
    }

    public static bool May(WorldData data, ulong userId, Permission permission) =>
        PermissionsOf(data, userId).HasFlag(permission);

    /// <summary>The place of the member's highest role; the guild's owner stands above all roles.</summary>
    public static int RankOf(WorldData data, ulong userId)
    {
        if (userId == data.OwnerId)
            return int.MaxValue;
        return data.Members.TryGetValue(userId, out var member)
            ? member.RoleIds.Select(role => data.Roles[role].Position).DefaultIfEmpty().Max()
            : 0;
    }

    /// <summary>Whether the member may grant, take, edit or delete this role.</summary>
    public static bool MayManage(WorldData data, ulong userId, Role role) =>
        May(data, userId, Permission.ManageRoles) && role.Position < RankOf(data, userId);
}
