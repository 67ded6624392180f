using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Shapes;

/// <summary>Users, members and roles as Discord writes them.</summary>
internal static class PeopleShapes
{
    public static JsonObject ToJson(this User user) => new()
    {
        ["id"] = Wire.Id(user.Id),
        ["username"] = user.Username,
        ["global_name"] = user.IsBot ? null : user.DisplayName,
        ["discriminator"] = user.IsBot ? "0001" : "0",
        ["avatar"] = null,
        ["bot"] = user.IsBot,
        ["system"] = false,
        ["public_flags"] = 0,
        ["flags"] = 0,
        ["primary_guild"] = null,
    };

    /// <summary>The bot's own user, with what only its owner is shown.</summary>
    public static JsonObject ToOwnJson(this User user)
    {
        var json = user.ToJson();
        json["mfa_enabled"] = true;
        json["locale"] = "en-US";
        json["verified"] = true;
        json["email"] = null;
        return json;
    }

    public static JsonObject ToJson(this Member member, WorldData data, bool withUser = true)
    {
        var json = new JsonObject
        {
            ["nick"] = member.Nick,
            ["avatar"] = null,
            ["banner"] = null,
            ["roles"] = Wire.Ids(member.RoleIds.OrderBy(role => data.Roles[role].Position)),
            ["joined_at"] = Wire.Time(member.JoinedAt),
            ["premium_since"] = null,
            ["deaf"] = false,
            ["mute"] = false,
            ["flags"] = 0,
            ["pending"] = false,
            ["communication_disabled_until"] = null,
        };
        if (withUser)
            json["user"] = data.Users[member.UserId].ToJson();
        return json;
    }

    public static JsonObject ToJson(this Role role)
    {
        var json = new JsonObject
        {
            ["id"] = Wire.Id(role.Id),
            ["name"] = role.Name,
            ["color"] = role.Colour,
            ["colors"] = new JsonObject { ["primary_color"] = role.Colour, ["secondary_color"] = null, ["tertiary_color"] = null },
            ["hoist"] = role.Hoisted,
            ["icon"] = null,
            ["unicode_emoji"] = null,
            ["position"] = role.Position,
            ["permissions"] = Wire.Permissions(role.Permissions),
            ["managed"] = role.BotId is not null,
            ["mentionable"] = role.Mentionable,
            ["flags"] = 0,
        };
        if (role.BotId is { } bot)
            json["tags"] = new JsonObject { ["bot_id"] = Wire.Id(bot) };
        return json;
    }

    /// <summary>Discord lists roles by place, equal ones by age.</summary>
    public static JsonArray RolesJson(this WorldData data) =>
        Wire.Array(data.Roles.Values.OrderBy(role => role.Position).ThenBy(role => role.Id).Select(ToJson));
}
