using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>/guilds/{guild}/members and the roles of one member.</summary>
internal sealed class MemberRoutes(World world, bool serverMembersIntent)
{
    public void Map(RestRoutes routes)
    {
        routes.Map("GET", "/guilds/{guild}/members", List);
        routes.Map("GET", "/guilds/{guild}/members/search", Search);
        routes.Map("GET", "/guilds/{guild}/members/{user}", call =>
            RestReply.Ok(world.Read(data => Find.Member(data, call).ToJson(data))));
        routes.Map("PATCH", "/guilds/{guild}/members/{user}", Edit);
        routes.Map("PUT", "/guilds/{guild}/members/{user}/roles/{role}", Give, routes.MemberRoles);
        routes.Map("DELETE", "/guilds/{guild}/members/{user}/roles/{role}", Take, routes.MemberRoles);
    }

    private RestReply List(RestCall call) => world.Read(data =>
    {
        Find.Guild(data, call);
        if (!serverMembersIntent)
            throw RestRefusal.MissingAccess();
        var after = call.QueryId("after", 0);
        return RestReply.Ok(Wire.Array(data.Members.Values
            .Where(member => member.UserId > after)
            .OrderBy(member => member.UserId)
            .Take(call.QueryNumber("limit", 1, 1, 1_000))
            .Select(member => member.ToJson(data))));
    });

    private RestReply Search(RestCall call) => world.Read(data =>
    {
        Find.Guild(data, call);
        var prefix = call.Query("query") ?? throw FormErrors.Single("query", "BASE_TYPE_REQUIRED", "This field is required");
        return RestReply.Ok(Wire.Array(data.Members.Values
            .Where(member => data.Users[member.UserId].Username.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                || member.Nick?.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) == true)
            .OrderBy(member => member.UserId)
            .Take(call.QueryNumber("limit", 1, 1, 1_000))
            .Select(member => member.ToJson(data))));
    });

    private RestReply Give(RestCall call) => ChangeRole(call, world.GiveRole);

    private RestReply Take(RestCall call) => ChangeRole(call, world.TakeRole);

    private RestReply ChangeRole(RestCall call, Func<Member, Role, ulong, string?, bool> change) => world.Change(data =>
    {
        var member = Find.Member(data, call);
        var role = Find.Role(data, call);
        RequireGrantable(data, role);
        change(member, role, data.ApplicationId, call.AuditReason());
        return RestReply.NoContent;
    });

    /// <summary>PATCH sets the whole list of roles; each one that comes or goes must be grantable.</summary>
    private RestReply Edit(RestCall call) => world.Change(data =>
    {
        var member = Find.Member(data, call);
        var form = call.Form();
        var nick = form.Text("nick", 0, 32);
        var wanted = form.UnsignedList("roles").ToHashSet();
        form.Errors.ThrowIfAny();
        var reason = call.AuditReason();

        Role[] added = [], removed = [];
        if (form.Json["roles"] is not null)
        {
            added = [.. wanted.Except(member.RoleIds).Select(id => data.Roles.GetValueOrDefault(id) ?? throw RestRefusal.UnknownRole())];
            removed = [.. member.RoleIds.Except(wanted).Select(id => data.Roles[id])];
            foreach (var role in added.Concat(removed))
                RequireGrantable(data, role);
        }

        if (form.Has("nick"))
        {
            RequireRenamable(data, member);
            world.Rename(member, string.IsNullOrEmpty(nick) ? null : nick, data.ApplicationId, reason);
        }

        foreach (var role in added)
            world.GiveRole(member, role, data.ApplicationId, reason);
        foreach (var role in removed)
            world.TakeRole(member, role, data.ApplicationId, reason);
        return RestReply.Ok(member.ToJson(data));
    });

    private static void RequireGrantable(WorldData data, Role role)
    {
        if (role.Id == data.GuildId)
            throw RestRefusal.InvalidRole();
        if (role.BotId is not null || !Standing.MayManage(data, data.ApplicationId, role))
            throw RestRefusal.MissingPermissions();
    }

    private static void RequireRenamable(WorldData data, Member member)
    {
        var isSelf = member.UserId == data.ApplicationId;
        Find.RequireBot(data, isSelf ? Permission.ChangeNickname : Permission.ManageNicknames);
        if (!isSelf && Standing.RankOf(data, member.UserId) >= Standing.RankOf(data, data.ApplicationId))
            throw RestRefusal.MissingPermissions();
    }
}
