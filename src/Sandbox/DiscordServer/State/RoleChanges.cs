using Rally.Sandbox.DiscordServer.Gateway;
using Rally.Sandbox.DiscordServer.Shapes;

namespace Rally.Sandbox.DiscordServer.State;

/// <summary>Changes of the guild's roles, with their events and audit entries. Call within <see cref="World.Change{T}"/>.</summary>
internal static class RoleChanges
{
    public const int MaxRoles = 250;

    /// <summary>A new role stands right above @everyone and moves the others up.</summary>
    public static void AddRole(this World world, Role role, ulong actor, string? reason)
    {
        var data = world.Data;
        foreach (var above in data.Roles.Values.Where(other => other.Position >= 1))
            above.Position++;
        role.Position = 1;
        data.Roles.Add(role.Id, role);
        world.Record(AuditLogAction.RoleCreate, actor, role.Id, reason);
        world.TellRole("GUILD_ROLE_CREATE", role);
    }

    public static void RoleEdited(this World world, Role role, ulong actor, string? reason)
    {
        world.Record(AuditLogAction.RoleUpdate, actor, role.Id, reason);
        world.TellRole("GUILD_ROLE_UPDATE", role);
    }

    public static void RemoveRole(this World world, Role role, ulong actor, string? reason)
    {
        var data = world.Data;
        data.Roles.Remove(role.Id);
        foreach (var above in data.Roles.Values.Where(other => other.Position > role.Position))
            above.Position--;
        foreach (var member in data.Members.Values)
            member.RoleIds.Remove(role.Id);
        world.Record(AuditLogAction.RoleDelete, actor, role.Id, reason);
        world.Tell(new("GUILD_ROLE_DELETE", Intents.Guilds,
            new() { ["guild_id"] = Wire.Id(data.GuildId), ["role_id"] = Wire.Id(role.Id) }));
    }

    /// <summary>Takes roles out and puts them in at their new places; places stay 0 to n-1 without gaps.</summary>
    public static void Arrange(this World world, IReadOnlyDictionary<ulong, int> places, ulong actor, string? reason)
    {
        var data = world.Data;
        var ordered = data.Roles.Values
            .Where(role => role.Id != data.GuildId && !places.ContainsKey(role.Id))
            .OrderBy(role => role.Position)
            .ToList();
        foreach (var (id, place) in places.OrderBy(moved => moved.Value))
            ordered.Insert(Math.Clamp(place - 1, 0, ordered.Count), data.Roles[id]);
        foreach (var (index, role) in ordered.Index())
        {
            if (role.Position == index + 1)
                continue;
            role.Position = index + 1;
            world.RoleEdited(role, actor, reason);
        }
    }

    private static void TellRole(this World world, string name, Role role) => world.Tell(new(name, Intents.Guilds,
        new() { ["guild_id"] = Wire.Id(world.Data.GuildId), ["role"] = role.ToJson() }));
}
