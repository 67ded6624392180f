using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Gateway;
using Rally.Sandbox.DiscordServer.Shapes;

namespace Rally.Sandbox.DiscordServer.State;

/// <summary>Changes of members, with the events and audit entries they make. Call within <see cref="World.Change{T}"/>; permission is the caller's matter.</summary>
internal static class MemberChanges
{
    /// <summary>False when nothing changed, which Discord neither tells nor records.</summary>
    public static bool GiveRole(this World world, Member member, Role role, ulong actor, string? reason)
    {
        if (!member.RoleIds.Add(role.Id))
            return false;
        RecordRole(world, member, role, "$add", actor, reason);
        return true;
    }

    /// <inheritdoc cref="GiveRole"/>
    public static bool TakeRole(this World world, Member member, Role role, ulong actor, string? reason)
    {
        if (!member.RoleIds.Remove(role.Id))
            return false;
        RecordRole(world, member, role, "$remove", actor, reason);
        return true;
    }

    public static void Rename(this World world, Member member, string? nick, ulong actor, string? reason)
    {
        if (member.Nick == nick)
            return;
        var change = new JsonObject { ["key"] = "nick", ["old_value"] = member.Nick, ["new_value"] = nick };
        member.Nick = nick;
        world.Record(AuditLogAction.MemberUpdate, actor, member.UserId, reason, [change]);
        world.TellUpdated(member);
    }

    /// <summary>The roles of an earlier stay are gone, as on Discord.</summary>
    public static Member Join(this World world, User user)
    {
        var data = world.Data;
        data.Users[user.Id] = user;
        var member = new Member { UserId = user.Id, JoinedAt = world.Time.GetUtcNow() };
        data.Members.Add(user.Id, member);
        world.Tell(new("GUILD_MEMBER_ADD", Intents.GuildMembers, WithGuild(data, member.ToJson(data))));
        return member;
    }

    public static void Leave(this World world, Member member)
    {
        var data = world.Data;
        data.Members.Remove(member.UserId);
        world.Tell(new("GUILD_MEMBER_REMOVE", Intents.GuildMembers,
            WithGuild(data, new() { ["user"] = data.Users[member.UserId].ToJson() })));
    }

    public static void TellUpdated(this World world, Member member) =>
        world.Tell(new("GUILD_MEMBER_UPDATE", Intents.GuildMembers, WithGuild(world.Data, member.ToJson(world.Data))));

    public static void Record(
        this World world, AuditLogAction action, ulong actor, ulong target, string? reason, JsonArray? changes = null)
    {
        const int keptEntries = 1_000;
        world.Data.AuditLog.Add(new(world.Snowflakes.Next(), action, actor, target, reason, changes ?? []));
        if (world.Data.AuditLog.Count > keptEntries)
            world.Data.AuditLog.RemoveAt(0);
    }

    private static void RecordRole(World world, Member member, Role role, string key, ulong actor, string? reason)
    {
        var named = new JsonArray(new JsonObject { ["id"] = Wire.Id(role.Id), ["name"] = role.Name });
        world.Record(AuditLogAction.MemberRoleUpdate, actor, member.UserId, reason,
            [new JsonObject { ["key"] = key, ["new_value"] = named }]);
        world.TellUpdated(member);
    }

    private static JsonObject WithGuild(WorldData data, JsonObject json)
    {
        json["guild_id"] = Wire.Id(data.GuildId);
        return json;
    }
}
