using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.Rest;
using Rally.Sandbox.DiscordServer.Shapes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Interactions;

/// <summary>What a member does in Discord's client; each opens an interaction.</summary>
internal sealed class MemberActions(World world, InteractionDesk desk)
{
    /// <exception cref="InputProblem">Discord's client would not send it.</exception>
    public Interaction RunCommand(
        ulong userId, ulong channelId, string command, IReadOnlyList<string> path, IReadOnlyDictionary<string, JsonNode?> values, string? focused = null)
    {
        var (channel, data) = world.Read(state =>
        {
            RequireMember(state, userId);
            return (ChannelOf(state, channelId, userId), CommandInput.Build(state, userId, command, path, values, focused));
        });
        return desk.Open(focused is null ? InteractionKind.Command : InteractionKind.Autocomplete, userId, channel, data,
            string.Join(' ', [command, .. path]));
    }

    /// <summary>Chooses a command from the menu on another member.</summary>
    /// <exception cref="InputProblem">Discord's client has no such command there.</exception>
    public Interaction RunMenu(ulong userId, ulong channelId, string command, ulong targetId)
    {
        var (channel, data) = world.Read(state =>
        {
            RequireMember(state, userId);
            return (ChannelOf(state, channelId, userId), CommandInput.BuildMenu(state, userId, command, targetId));
        });
        return desk.Open(InteractionKind.Command, userId, channel, data, command);
    }

    /// <inheritdoc cref="RunCommand"/>
    public Interaction RunText(ulong userId, ulong channelId, string text)
    {
        var parsed = world.Read(state => TextCommand.Parse(state, userId, text));
        return RunCommand(userId, channelId, parsed.Command, parsed.Path, parsed.Values);
    }

    /// <summary>Presses a button or submits a select.</summary>
    /// <param name="chosen">A select's values; ids for selects of users, roles or channels.</param>
    /// <exception cref="InputProblem">There is no such component for this member.</exception>
    public Interaction UseComponent(ulong userId, ulong messageId, string customId, IReadOnlyList<string> chosen)
    {
        var (channel, message, data) = world.Read(state =>
        {
            var found = state.Channels.Values.SelectMany(candidate => candidate.Messages)
                .FirstOrDefault(candidate => candidate.Id == messageId && (candidate.OnlyFor ?? userId) == userId)
                ?? throw new InputProblem("There is no such message.");
            var component = found.Components
                .SelectMany(row => row!["components"]!.AsArray())
                .FirstOrDefault(candidate => (string?)candidate!["custom_id"] == customId)
                ?? throw new InputProblem("There is no such component on this message.");
            if ((bool?)component["disabled"] == true)
                throw new InputProblem("This component is disabled.");
            return (ChannelOf(state, found.ChannelId, userId), found, ComponentInput.Build(state, component, customId, chosen));
        });
        return desk.Open(InteractionKind.Component, userId, channel, data, source: message);
    }

    /// <summary>Submits the modal that an interaction was answered with.</summary>
    /// <exception cref="InputProblem">There is no such modal for this member, or a field is wrong.</exception>
    public Interaction SubmitModal(ulong userId, ulong interactionId, IReadOnlyDictionary<string, string> values)
    {
        var (channel, data, source) = world.Read(state =>
        {
            var opener = desk.Find(interactionId);
            if (opener?.Modal is not { } modal || opener.UserId != userId)
                throw new InputProblem("There is no such modal.");
            return (ChannelOf(state, opener.ChannelId, userId), ModalInput.Build(modal, values), opener.Source);
        });
        return desk.Open(InteractionKind.ModalSubmit, userId, channel, data, source: source);
    }

    /// <summary>Writes an ordinary message.</summary>
    /// <exception cref="InputProblem">It is empty or too long, or the channel is not there for this member.</exception>
    public JsonObject Write(ulong userId, ulong channelId, string content) => world.Change(state =>
    {
        RequireMember(state, userId);
        var channel = ChannelOf(state, channelId, userId);
        if (string.IsNullOrWhiteSpace(content) || content.Length > 2_000)
            throw new InputProblem("A message has 1 to 2000 characters.");
        var message = new Message
        {
            Id = world.Snowflakes.Next(),
            ChannelId = channel.Id,
            AuthorId = userId,
            SentAt = world.Time.GetUtcNow(),
        };
        new MessageBody(new Form(new() { ["content"] = content }, new())).ApplyTo(message, world);
        world.Post(message);
        return message.ToJson(state);
    });

    private static void RequireMember(WorldData state, ulong userId)
    {
        if (!state.Members.ContainsKey(userId) || state.Users[userId].IsBot)
            throw new InputProblem("There is no such member.");
    }

    private static Channel ChannelOf(WorldData state, ulong channelId, ulong userId)
    {
        var channel = state.Channels.GetValueOrDefault(channelId);
        if (channel is null || (channel.RecipientId ?? userId) != userId)
            throw new InputProblem("There is no such channel.");
        if (channel.RecipientId is null)
            RequireMember(state, userId);
        return channel;
    }
}
