using System.Text.Json;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>Turns an interaction's JSON, the same from the gateway and over HTTP, into its typed form.</summary>
internal static class InteractionReader
{

    /// <summary>Whether it is Discord's question, over HTTP, if anybody is there.</summary>
    public static bool IsPing(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("type", out var type)
        && type.ValueKind == JsonValueKind.Number && type.TryGetInt32(out var number) && number == (int)WireType.Ping;

    /// <summary>Null for kinds that came after this was written, and for commands on messages.</summary>
    /// <param name="receivedAt">A timestamp of the TimeProvider.</param>
    /// <exception cref="JsonException">It is not as Discord documents it.</exception>
    public static Interaction? TryRead(JsonElement json, long receivedAt)
    {
        var wire = DiscordJson.Read<Wire>(json);
        var data = wire.Data ?? throw new JsonException("Discord sent an interaction without data.");
        var origin = new InteractionOrigin
        {
            Id = wire.Id,
            ApplicationId = wire.ApplicationId,
            Token = wire.Token,
            User = wire.Member?.User ?? wire.User ?? throw new JsonException("Discord sent an interaction without a user."),
            GuildId = wire.GuildId,
            ChannelId = wire.ChannelId,
            Member = wire.Member,
            Locale = wire.Locale,
            ReceivedAt = receivedAt,
        };
        return wire.Type switch
        {
            WireType.Command when data.Type is null or (int)ApplicationCommandType.ChatInput => ReadCommand(origin, data),
            WireType.Command when data is { Type: (int)ApplicationCommandType.User, Name: { } name, TargetId: { } target } =>
                new MenuInteraction(origin, name, target),
            WireType.Autocomplete => ReadAutocomplete(origin, data),
            WireType.Component => new ComponentInteraction(
                origin,
                CustomId(data),
                data.Values ?? [],
                wire.Message?.Id ?? throw new JsonException("Discord sent a press without its message.")),
            WireType.Modal => new ModalInteraction(origin, CustomId(data), Fields(data.Components ?? []), wire.Message is not null),
            _ => null,
        };
    }

    private static CommandInteraction ReadCommand(InteractionOrigin origin, WireData data)
    {
        var (path, options) = Descend(data);
        return new(origin, path, Values(options, data.Resolved));
    }

    private static AutocompleteInteraction ReadAutocomplete(InteractionOrigin origin, WireData data)
    {
        var (path, options) = Descend(data);
        var focused = options.FirstOrDefault(option => option.Focused)
            ?? throw new JsonException("Discord asked for choices without saying for which option.");
        var text = focused.Value.ValueKind == JsonValueKind.Undefined ? "" : focused.Value.ToString();
        return new(origin, path, Values(options, data.Resolved), focused.Name, text);
    }

    private static string CustomId(WireData data) =>
        data.CustomId ?? throw new JsonException("Discord sent an interaction without a custom id.");

    /// <summary>A group holds one subcommand, a subcommand holds values.</summary>
    private static (string Path, IReadOnlyList<WireOption> Options) Descend(WireData data)
    {
        var path = data.Name ?? throw new JsonException("Discord sent a command without a name.");
        var options = data.Options ?? [];
        while (options is [{ Type: CommandOptionType.Subcommand or CommandOptionType.SubcommandGroup } inner])
        {
            path += " " + inner.Name;
            options = inner.Options ?? [];
        }

        return (path, options);
    }

    private static CommandOptions Values(IReadOnlyList<WireOption> options, ResolvedThings? resolved) =>
        new(options.ToDictionary(option => option.Name, option => option.Value), resolved ?? new());

    /// <summary>Inputs stand in labels (type 18) or, in older modals, in rows (type 1).</summary>
    private static Dictionary<string, string> Fields(IReadOnlyList<WireComponent> components)
    {
        var fields = new Dictionary<string, string>();
        foreach (var outer in components)
        {
            IEnumerable<WireComponent> inputs = outer.Component is { } labelled ? [labelled] : outer.Components ?? [];
            foreach (var input in inputs)
            {
                if (input is { CustomId: { } id, Value: { } value })
                    fields[id] = value;
            }
        }

        return fields;
    }

    private enum WireType
    {
        Ping = 1,
        Command = 2,
        Component = 3,
        Autocomplete = 4,
        Modal = 5,
    }

    private sealed record Wire(
        ulong Id,
        ulong ApplicationId,
        WireType Type,
        string Token,
        WireData? Data = null,
        ulong? GuildId = null,
        ulong? ChannelId = null,
        DiscordMember? Member = null,
        DiscordUser? User = null,
        DiscordMessage? Message = null,
        string? Locale = null);

    private sealed record WireData(
        string? Name = null,
        int? Type = null,
        IReadOnlyList<WireOption>? Options = null,
        ResolvedThings? Resolved = null,
        string? CustomId = null,
        ulong? TargetId = null,
        IReadOnlyList<string>? Values = null,
        IReadOnlyList<WireComponent>? Components = null);

    private sealed record WireOption(
        CommandOptionType Type, string Name, JsonElement Value = default, bool Focused = false, IReadOnlyList<WireOption>? Options = null);

    private sealed record WireComponent(
        string? CustomId = null, string? Value = null, WireComponent? Component = null, IReadOnlyList<WireComponent>? Components = null);
}
