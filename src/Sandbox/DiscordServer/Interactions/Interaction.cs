using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.State;

namespace Rally.Sandbox.DiscordServer.Interactions;

internal enum InteractionKind
{
    Ping = 1,
    Command = 2,
    Component = 3,
    Autocomplete = 4,
    ModalSubmit = 5,
}

internal enum InteractionState
{
    /// <summary>No response yet.</summary>
    Waiting,

    /// <summary>Acknowledged; the content comes later.</summary>
    Deferred,

    Answered,

    /// <summary>No response in time, or the endpoint answered wrongly.</summary>
    Failed,
}

/// <summary>Something a member did that the bot answers. Guarded by the world's lock.</summary>
internal sealed class Interaction
{
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required ulong Id { get; init; }

    public required string Token { get; init; }

    public required InteractionKind Kind { get; init; }

    public required ulong UserId { get; init; }

    public required ulong ChannelId { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The command's name, for the line above its reply.</summary>
    public string? CommandName { get; init; }

    /// <summary>The message whose component was used.</summary>
    public Message? Source { get; init; }

    /// <summary>The payload as bots get it.</summary>
    public JsonObject Payload { get; set; } = [];

    public InteractionState State { get; private set; }

    /// <summary>What @original names.</summary>
    public Message? Original { get; set; }

    /// <summary>The modal that was the response.</summary>
    public JsonObject? Modal { get; set; }

    /// <summary>The suggestions that were the response.</summary>
    public JsonArray? Choices { get; set; }

    public string? Failure { get; private set; }

    public ITimer? Deadline { get; set; }

    /// <summary>Done when the interaction is answered or failed.</summary>
    public Task Settled => _settled.Task;

    public void Defer() => State = InteractionState.Deferred;

    public void Answer()
    {
        State = InteractionState.Answered;
        _settled.TrySetResult();
    }

    public void Fail(string why)
    {
        State = InteractionState.Failed;
        Failure = why;
        _settled.TrySetResult();
    }
}
