using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Shapes;

/// <summary>The application and its commands as Discord writes them.</summary>
internal static class ApplicationShapes
{
    private const int GatewayGuildMembersLimited = 1 << 15;

    public static JsonObject ApplicationJson(this WorldData data, string publicKey, bool hasMembersIntent)
    {
        var flags = hasMembersIntent ? GatewayGuildMembersLimited : 0;
        var bot = data.Users[data.ApplicationId];
        return new()
        {
            ["id"] = Wire.Id(data.ApplicationId),
            ["name"] = bot.Username,
            ["icon"] = null,
            ["description"] = "",
            ["type"] = null,
            ["bot"] = bot.ToJson(),
            ["bot_public"] = false,
            ["bot_require_code_grant"] = false,
            ["verify_key"] = publicKey,
            ["flags"] = flags,
            ["flags_new"] = $"{flags}",
            ["redirect_uris"] = new JsonArray(),
            ["interactions_endpoint_url"] = data.InteractionsEndpoint,
            ["role_connections_verification_url"] = null,
            ["owner"] = data.Users[data.OwnerId].ToJson(),
            ["team"] = null,
            ["approximate_guild_count"] = 1,
            ["approximate_user_install_count"] = 0,
            ["approximate_user_authorization_count"] = 0,
            ["explicit_content_filter"] = 0,
            ["eligible_oauth2_scopes"] = new JsonArray("bot", "applications.commands"),
        };
    }

    public static JsonObject ToJson(this ApplicationCommand command, WorldData data)
    {
        var json = command.Definition.DeepClone().AsObject();
        json["id"] = Wire.Id(command.Id);
        json["application_id"] = Wire.Id(data.ApplicationId);
        json["version"] = Wire.Id(command.Version);
        if (command.GuildId is { } guild)
            json["guild_id"] = Wire.Id(guild);
        return json;
    }
}
