using System.Text.Json;
using Rally.Bot.DiscordApi.Interactions;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Gateway;

/// <summary>Turns a dispatch into its typed event.</summary>
internal static class GatewayEventReader
{
    /// <summary>Null for an event nobody here needs, or of a guild that is down.</summary>
    /// <param name="receivedAt">A timestamp of the TimeProvider.</param>
    /// <exception cref="JsonException">Discord sent something else than it documents.</exception>
    public static GatewayEvent? TryRead(string name, JsonElement data, long receivedAt) => name switch
    {
        "READY" => ReadReady(data),
        "RESUMED" => new Resumed(),
        "GUILD_CREATE" => IsUnavailable(data) ? null : new GuildCreated(DiscordJson.Read<DiscordGuild>(data)),
        "GUILD_DELETE" => new GuildDeleted(Id(data, "id"), IsUnavailable(data)),
        "GUILD_ROLE_CREATE" => new GuildRoleCreated(Guild(data), Read<DiscordRole>(data, "role")),
        "GUILD_ROLE_UPDATE" => new GuildRoleUpdated(Guild(data), Read<DiscordRole>(data, "role")),
        "GUILD_ROLE_DELETE" => new GuildRoleDeleted(Guild(data), Id(data, "role_id")),
        "GUILD_MEMBER_ADD" => new GuildMemberAdded(Guild(data), ReadMember(data)),
        "GUILD_MEMBER_UPDATE" => new GuildMemberUpdated(Guild(data), ReadMember(data)),
        "GUILD_MEMBER_REMOVE" => new GuildMemberRemoved(Guild(data), Read<DiscordUser>(data, "user")),
        "INTERACTION_CREATE" => InteractionReader.TryRead(data, receivedAt) is { } interaction ? new InteractionCreated(interaction) : null,
        _ => null,
    };

    private static Ready ReadReady(JsonElement data) => new(
        Read<DiscordUser>(data, "user"),
        Id(Property(data, "application"), "id"),
        [.. Property(data, "guilds").EnumerateArray().Select(guild => Id(guild, "id"))]);

    private static DiscordMember ReadMember(JsonElement data)
    {
        var member = DiscordJson.Read<DiscordMember>(data);
        return member.User is null ? throw new JsonException("Discord sent a member without a user.") : member;
    }

    private static bool IsUnavailable(JsonElement data) =>
        data.TryGetProperty("unavailable", out var flag) && flag.ValueKind == JsonValueKind.True;

    private static ulong Guild(JsonElement data) => Id(data, "guild_id");

    private static ulong Id(JsonElement data, string property) => Read<ulong>(data, property);

    private static T Read<T>(JsonElement data, string property) => DiscordJson.Read<T>(Property(data, property));

    private static JsonElement Property(JsonElement data, string name) =>
        data.TryGetProperty(name, out var value) ? value : throw new JsonException($"Discord left out '{name}'.");
}
