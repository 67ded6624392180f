using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>How a handler answers.</summary>
internal abstract record InteractionReply
{
    /// <summary>Files cannot come with the first answer where interactions arrive over HTTP, so such a reply always follows a deferral.</summary>
    public virtual bool HasFiles => false;

    /// <summary>A message for this user alone.</summary>
    public static MessageReply Private(string content) => new(new MessagePayload { Content = content });

    /// <summary>A message for everybody in the channel.</summary>
    public static MessageReply Public(string content) => new(new MessagePayload { Content = content }, Ephemeral: false);
}

/// <summary>A new message.</summary>
internal sealed record MessageReply(MessagePayload Message, bool Ephemeral = true) : InteractionReply
{
    public override bool HasFiles => Message.Files is { Count: > 0 };

    /// <summary>The message with the flag that says who sees it.</summary>
    public MessagePayload Payload =>
        Ephemeral ? Message with { Flags = (Message.Flags ?? MessageFlags.None) | MessageFlags.Ephemeral } : Message;
}

/// <summary>Changes the message whose component was pressed.</summary>
/// <param name="Then">A new message after it, for example to tell the channel what came of it.</param>
internal sealed record UpdateReply(MessagePayload Message, MessageReply? Then = null) : InteractionReply
{
    public override bool HasFiles => Message.Files is { Count: > 0 };
}

/// <summary>Opens a form; only as the first answer to a command or press, so the handler must be quick.</summary>
/// <param name="Title">At most 45 characters.</param>
/// <param name="Inputs">1 to 5.</param>
internal sealed record ModalReply(string CustomId, string Title, IReadOnlyList<LabelledInput> Inputs) : InteractionReply;

/// <summary>Up to 25 choices for the option being typed.</summary>
internal sealed record AutocompleteReply(IReadOnlyList<CommandChoice> Choices) : InteractionReply;
