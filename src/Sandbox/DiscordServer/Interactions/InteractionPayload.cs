using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>An interaction as Discord sends it to a bot.</summary>
internal static class InteractionPayload
{
    private const int MaxAttachmentBytes = 10 * 1024 * 1024;

    public static JsonObject Create(WorldData state, Interaction interaction, Channel channel, JsonObject data)
    {
        var isDirect = channel.RecipientId is not null;
        var json = new JsonObject
        {
            ["id"] = Wire.Id(interaction.Id),
            ["application_id"] = Wire.Id(state.ApplicationId),
            ["type"] = (int)interaction.Kind,
            ["token"] = interaction.Token,
            ["version"] = 1,
            ["data"] = data,
            ["channel_id"] = Wire.Id(channel.Id),
            ["channel"] = channel.ToJson(state),
            ["locale"] = state.Users[interaction.UserId].Locale,
            ["context"] = isDirect ? 1 : 0,
            ["app_permissions"] = Wire.Permissions(Standing.PermissionsOf(state, state.ApplicationId)),
            ["attachment_size_limit"] = MaxAttachmentBytes,
            ["entitlements"] = new JsonArray(),
            ["authorizing_integration_owners"] = new JsonObject { ["0"] = isDirect ? "0" : Wire.Id(state.GuildId) },
        };
        if (interaction.Source is { } source)
            json["message"] = source.ToJson(state);
        if (isDirect)
        {
            json["user"] = state.Users[interaction.UserId].ToJson();
            return json;
        }

        var member = state.Members[interaction.UserId].ToJson(state);
        member["permissions"] = Wire.Permissions(Standing.PermissionsOf(state, interaction.UserId));
        json["member"] = member;
        json["guild_id"] = Wire.Id(state.GuildId);
        json["guild"] = state.PartialGuildJson();
        json["guild_locale"] = "en-US";
        return json;
    }
}
