using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Rest;

/// <summary>/guilds/{guild}/roles.</summary>
internal sealed class RoleRoutes(World world)
{
    public void Map(RestRoutes routes)
    {
        routes.Map("GET", "/guilds/{guild}/roles", call => RestReply.Ok(world.Read(data =>
        {
            Find.Guild(data, call);
            return data.RolesJson();
        })));
        routes.Map("GET", "/guilds/{guild}/roles/{role}", call => RestReply.Ok(world.Read(data => Find.Role(data, call).ToJson())));
        routes.Map("POST", "/guilds/{guild}/roles", Create);
        routes.Map("PATCH", "/guilds/{guild}/roles", Arrange);
        routes.Map("PATCH", "/guilds/{guild}/roles/{role}", Edit);
        routes.Map("DELETE", "/guilds/{guild}/roles/{role}", Delete);
    }

    private RestReply Create(RestCall call) => world.Change(data =>
    {
        Find.Guild(data, call);
        Find.RequireBot(data, Permission.ManageRoles);
        if (data.Roles.Count >= RoleChanges.MaxRoles)
            throw RestRefusal.TooManyRoles();
        var role = new Role { Id = world.Snowflakes.Next(), Name = "new role", Permissions = data.Roles[data.GuildId].Permissions };
        Apply(data, call.Form(), role);
        world.AddRole(role, data.ApplicationId, call.AuditReason());
        return RestReply.Ok(role.ToJson());
    });

    private RestReply Edit(RestCall call) => world.Change(data =>
    {
        var role = Find.ManageableRole(data, call);
        var reason = call.AuditReason();
        Apply(data, call.Form(), role);
        world.RoleEdited(role, data.ApplicationId, reason);
        return RestReply.Ok(role.ToJson());
    });

    private RestReply Delete(RestCall call) => world.Change(data =>
    {
        var role = Find.ManageableRole(data, call);
        if (role.Id == data.GuildId || role.BotId is not null)
            throw RestRefusal.InvalidRole();
        world.RemoveRole(role, data.ApplicationId, call.AuditReason());
        return RestReply.NoContent;
    });

    private RestReply Arrange(RestCall call) => world.Change(data =>
    {
        Find.Guild(data, call);
        Find.RequireBot(data, Permission.ManageRoles);
        var list = call.List("roles");
        var places = new Dictionary<ulong, int>();
        foreach (var item in list.Children("roles", RoleChanges.MaxRoles))
        {
            var (id, place) = (item.Unsigned("id", required: true), item.Integer("position", 0, RoleChanges.MaxRoles));
            if (id is null || place is null)
                continue;
            var role = data.Roles.GetValueOrDefault(id.Value) ?? throw RestRefusal.UnknownRole();
            var rank = Standing.RankOf(data, data.ApplicationId);
            if (role.Position >= rank || place >= rank)
                throw RestRefusal.MissingPermissions();
            if (role.Id == data.GuildId)
                throw RestRefusal.InvalidRole();
            places[role.Id] = (int)place.Value;
        }

        list.Errors.ThrowIfAny();
        world.Arrange(places, data.ApplicationId, call.AuditReason());
        return RestReply.Ok(data.RolesJson());
    });

    private static void Apply(WorldData data, Form form, Role role)
    {
        var name = form.Text("name", 1, 100);
        var colour = form.Child("colors")?.Integer("primary_color", 0, 0xFFFFFF) ?? form.Integer("color", 0, 0xFFFFFF);
        var hoisted = form.Flag("hoist");
        var mentionable = form.Flag("mentionable");
        var permissions = (Permission?)form.Unsigned("permissions");
        form.Errors.ThrowIfAny();
        // A bot cannot give a role what it does not have itself.
        if (permissions is { } wanted && (wanted & ~role.Permissions & ~Standing.PermissionsOf(data, data.ApplicationId)) != 0)
            throw RestRefusal.MissingPermissions();

        role.Name = name ?? role.Name;
        role.Colour = (int?)colour ?? role.Colour;
        role.Hoisted = hoisted ?? role.Hoisted;
        role.Mentionable = mentionable ?? role.Mentionable;
        role.Permissions = permissions ?? role.Permissions;
    }
}
