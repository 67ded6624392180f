using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Shapes;

/// <summary>The guild, channels and messages as Discord writes them.</summary>
internal static class PlaceShapes
{
    public static JsonObject GuildJson(this WorldData data) => new()
    {
        ["id"] = Wire.Id(data.GuildId),
        ["name"] = data.GuildName,
        ["icon"] = null,
        ["description"] = null,
        ["home_header"] = null,
        ["splash"] = null,
        ["discovery_splash"] = null,
        ["features"] = new JsonArray(),
        ["banner"] = null,
        ["owner_id"] = Wire.Id(data.OwnerId),
        ["application_id"] = null,
        ["region"] = "deprecated",
        ["afk_channel_id"] = null,
        ["afk_timeout"] = 300,
        ["system_channel_id"] = null,
        ["system_channel_flags"] = 0,
        ["widget_enabled"] = false,
        ["widget_channel_id"] = null,
        ["verification_level"] = 0,
        ["roles"] = data.RolesJson(),
        ["default_message_notifications"] = 1,
        ["mfa_level"] = 0,
        ["explicit_content_filter"] = 0,
        ["max_presences"] = null,
        ["max_members"] = 25_000_000,
        ["max_stage_video_channel_users"] = 50,
        ["max_video_channel_users"] = 25,
        ["vanity_url_code"] = null,
        ["premium_tier"] = 0,
        ["premium_subscription_count"] = 0,
        ["premium_progress_bar_enabled"] = false,
        ["preferred_locale"] = "en-US",
        ["rules_channel_id"] = null,
        ["safety_alerts_channel_id"] = null,
        ["public_updates_channel_id"] = null,
        ["nsfw"] = false,
        ["nsfw_level"] = 0,
        ["emojis"] = new JsonArray(),
        ["stickers"] = new JsonArray(),
        ["incidents_data"] = null,
    };

    /// <summary>The part of the guild that an interaction carries.</summary>
    public static JsonObject PartialGuildJson(this WorldData data) => new()
    {
        ["id"] = Wire.Id(data.GuildId),
        ["locale"] = "en-US",
        ["features"] = new JsonArray(),
    };

    public static IEnumerable<Channel> GuildChannels(this WorldData data) =>
        data.Channels.Values.Where(channel => channel.RecipientId is null).OrderBy(channel => channel.Id);

    public static JsonObject ToJson(this Channel channel, WorldData data)
    {
        var lastMessage = channel.Messages.LastOrDefault(message => message.OnlyFor is null);
        var json = new JsonObject
        {
            ["id"] = Wire.Id(channel.Id),
            ["type"] = channel.RecipientId is null ? 0 : 1,
            ["flags"] = 0,
            ["last_message_id"] = lastMessage is null ? null : Wire.Id(lastMessage.Id),
        };
        if (channel.RecipientId is { } recipient)
        {
            json["recipients"] = new JsonArray(data.Users[recipient].ToJson());
            return json;
        }

        json["guild_id"] = Wire.Id(data.GuildId);
        json["name"] = channel.Name;
        json["position"] = data.GuildChannels().Index().Single(indexed => indexed.Item == channel).Index;
        json["topic"] = null;
        json["nsfw"] = false;
        json["parent_id"] = null;
        json["rate_limit_per_user"] = 0;
        json["permission_overwrites"] = new JsonArray();
        return json;
    }

    private static JsonObject ToJson(Attachment attachment)
    {
        var json = new JsonObject
        {
            ["id"] = Wire.Id(attachment.Id),
            ["filename"] = attachment.Filename,
            ["size"] = attachment.Size,
            ["url"] = attachment.Url,
            ["proxy_url"] = attachment.Url,
            ["content_type"] = attachment.ContentType,
        };
        if (attachment.Description is { } description)
            json["description"] = description;
        return json;
    }

    public static JsonObject ToJson(this Message message, WorldData data)
    {
        var json = new JsonObject
        {
            ["id"] = Wire.Id(message.Id),
            ["type"] = message.Origin?.InteractionType == 2 && message.Origin.IsOriginal ? 20 : message.Origin is null ? 0 : 19,
            ["channel_id"] = Wire.Id(message.ChannelId),
            ["author"] = data.Users[message.AuthorId].ToJson(),
            ["content"] = message.Content,
            ["timestamp"] = Wire.Time(message.SentAt),
            ["edited_timestamp"] = message.EditedAt is { } edited ? Wire.Time(edited) : null,
            ["tts"] = false,
            ["mention_everyone"] = message.MentionsEveryone,
            ["mentions"] = Wire.Array(message.MentionedUsers.Select(user => data.Users[user].ToJson())),
            ["mention_roles"] = Wire.Ids(message.MentionedRoles),
            ["attachments"] = Wire.Array(message.Attachments.Select(ToJson)),
            ["embeds"] = message.Embeds.DeepClone(),
            ["components"] = message.Components.DeepClone(),
            ["pinned"] = false,
            ["flags"] = message.Flags,
        };
        if (message.Origin is not { } origin)
            return json;

        json["application_id"] = Wire.Id(data.ApplicationId);
        json["webhook_id"] = Wire.Id(data.ApplicationId);
        json["interaction_metadata"] = new JsonObject
        {
            ["id"] = Wire.Id(origin.InteractionId),
            ["type"] = origin.InteractionType,
            ["user"] = data.Users[origin.UserId].ToJson(),
            ["authorizing_integration_owners"] = new JsonObject { ["0"] = Wire.Id(data.GuildId) },
        };
        // Out of date, but the only place that names the command.
        if (origin.CommandName is { } command)
            json["interaction"] = new JsonObject
            {
                ["id"] = Wire.Id(origin.InteractionId),
                ["type"] = origin.InteractionType,
                ["name"] = command,
                ["user"] = data.Users[origin.UserId].ToJson(),
            };
        return json;
    }
}
