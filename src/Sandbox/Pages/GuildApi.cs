using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Rally.Sandbox.DiscordServer.Interactions;
using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.Pages;

/// <summary>
/// What the guild's owner does by hand, under /sandbox/api:
/// <code>
/// POST   members                       {username, displayName?} of somebody new, or {memberId} of one who left -> the member
/// DELETE members/{id}                  the member leaves, or is put out
/// PUT    members/{id}/roles/{role}     gives a role; DELETE takes it                                           -> the member
/// PATCH  members/{id}                  {locale}: what their Discord is set to, such as fr                     -> the member
/// PATCH  roles/{role}                  {name?, permissions?, position?}, also of the bot's own role            -> the role
/// </code>
/// </summary>
internal sealed partial class GuildApi(World world)
{
    public void Map(PageRoutes routes)
    {
        routes.Map("POST", "/members", Join);
        routes.Map("DELETE", "/members/{id}", Leave);
        routes.Map("PATCH", "/members/{id}", Speak);
        routes.Map("PUT", "/members/{id}/roles/{role}", call => ChangeRole(call, world.GiveRole));
        routes.Map("DELETE", "/members/{id}/roles/{role}", call => ChangeRole(call, world.TakeRole));
        routes.Map("PATCH", "/roles/{role}", EditRole);
    }

    private JsonNode Join(PageCall call) => world.Change(data =>
    {
        var user = call.OptionalId("memberId") is { } id
            ? data.Users.GetValueOrDefault(id) ?? throw new InputProblem("There is no such user.", "memberId")
            : NewUser(data, call.Text("username"), call.OptionalText("displayName"));
        if (data.Members.ContainsKey(user.Id))
            throw new InputProblem($"{user.Username} is in the guild already.");
        return world.Join(user).ToJson(data);
    });

    private JsonNode Leave(PageCall call) => world.Change(data =>
    {
        var member = MemberOf(data, call);
        if (member.UserId == data.OwnerId || member.UserId == data.ApplicationId)
            throw new InputProblem("The owner and the bot stay.");
        world.Leave(member);
        return new JsonObject { ["left"] = Wire.Id(member.UserId) };
    });

    private JsonNode Speak(PageCall call) => world.Change(data =>
    {
        var member = MemberOf(data, call);
        var locale = call.Text("locale");
        if (!Localizations.Locales.Contains(locale))
            throw new InputProblem($"Discord has no language {locale}.", "locale");
        data.Users[member.UserId] = data.Users[member.UserId] with { Locale = locale };
        return member.ToJson(data);
    });

    private JsonObject ChangeRole(PageCall call, Func<Member, Role, ulong, string?, bool> change) => world.Change(data =>
    {
        var member = MemberOf(data, call);
        var role = RoleOf(data, call);
        if (role.Id == data.GuildId || role.BotId is not null)
            throw new InputProblem("This role cannot be given or taken.");
        change(member, role, data.OwnerId, null);
        return member.ToJson(data);
    });

    private JsonNode EditRole(PageCall call) => world.Change(data =>
    {
        var role = RoleOf(data, call);
        var name = call.OptionalText("name");
        var permissions = call.OptionalId("permissions");
        var position = call.OptionalId("position");
        if (position is not null && (role.Id == data.GuildId || position < 1 || position >= (ulong)data.Roles.Count))
            throw new InputProblem($"position is from 1 to {data.Roles.Count - 1}.", "position");
        role.Name = name ?? role.Name;
        role.Permissions = (Permission?)permissions ?? role.Permissions;
        world.RoleEdited(role, data.OwnerId, null);
        if (position is { } place)
            world.Arrange(new Dictionary<ulong, int> { [role.Id] = (int)place }, data.OwnerId, null);
        return role.ToJson();
    });

    private User NewUser(WorldData data, string username, string? displayName)
    {
        if (!Username().IsMatch(username))
            throw new InputProblem("A user name has 2 to 32 lower-case letters, digits, dots and underscores.", "username");
        if (data.Users.Values.Any(user => user.Username == username))
            throw new InputProblem($"There is a user {username} already.", "username");
        return new(world.Snowflakes.Next(), username, string.IsNullOrWhiteSpace(displayName) ? username : displayName, IsBot: false);
    }

    private static Member MemberOf(WorldData data, PageCall call) =>
        data.Members.GetValueOrDefault(call.RouteId("id")) ?? throw new InputProblem("There is no such member.");

    private static Role RoleOf(WorldData data, PageCall call) =>
        data.Roles.GetValueOrDefault(call.RouteId("role")) ?? throw new InputProblem("There is no such role.");

    [GeneratedRegex("^[a-z0-9._]{2,32}$")]
    private static partial Regex Username();
}
