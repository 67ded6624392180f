using System.Globalization;
using System.Text.Json;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>The values given to a command by option name; null where the user left one out.</summary>
internal sealed class CommandOptions(IReadOnlyDictionary<string, JsonElement> values, ResolvedThings resolved)
{
    public string? Text(string name) => Value(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    public long? Integer(string name) =>
        Value(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : null;

    /// <summary>A decimal number, as it was written on the wire.</summary>
    public decimal? Number(string name) =>
        Value(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDecimal(out var number) ? number : null;

    public bool? Boolean(string name) =>
        Value(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } value ? value.GetBoolean() : null;

    /// <summary>The id of a user, role or channel.</summary>
    public ulong? Id(string name) =>
        ulong.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    public DiscordUser? User(string name) => Id(name) is { } id ? resolved.Users?.GetValueOrDefault(id) : null;

    /// <summary>The chosen user in the guild, without <see cref="DiscordMember.User"/>; null when not in it.</summary>
    public DiscordMember? Member(string name) => Id(name) is { } id ? resolved.Members?.GetValueOrDefault(id) : null;

    public DiscordRole? Role(string name) => Id(name) is { } id ? resolved.Roles?.GetValueOrDefault(id) : null;

    public DiscordChannel? Channel(string name) => Id(name) is { } id ? resolved.Channels?.GetValueOrDefault(id) : null;

    private JsonElement? Value(string name) => values.TryGetValue(name, out var value) ? value : null;
}

/// <summary>What the ids in a command stand for.</summary>
internal sealed record ResolvedThings(
    IReadOnlyDictionary<ulong, DiscordUser>? Users = null,
    IReadOnlyDictionary<ulong, DiscordMember>? Members = null,
    IReadOnlyDictionary<ulong, DiscordRole>? Roles = null,
    IReadOnlyDictionary<ulong, DiscordChannel>? Channels = null);
