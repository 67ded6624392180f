using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>What goes back to Discord within three seconds, as JSON.</summary>
internal sealed record InteractionResponse(InteractionResponseType Type, object? Data = null)
{
    public static InteractionResponse Pong { get; } = new(InteractionResponseType.Pong);

    /// <summary>The reply itself.</summary>
    public static InteractionResponse Of(InteractionReply reply) => reply switch
    {
        MessageReply message => new(InteractionResponseType.Message, message.Payload),
        UpdateReply update => new(InteractionResponseType.Update, update.Message),
        ModalReply modal => new(
            InteractionResponseType.Modal, new { modal.CustomId, modal.Title, Components = (IReadOnlyList<Component>)modal.Inputs }),
        AutocompleteReply choices => new(InteractionResponseType.AutocompleteChoices, new { choices.Choices }),
        _ => throw new ArgumentOutOfRangeException(nameof(reply)),
    };

    /// <summary>The reply will come later.</summary>
    public static InteractionResponse Deferred(Deferral deferral) => deferral switch
    {
        Deferral.PublicMessage => new(InteractionResponseType.DeferredMessage),
        Deferral.EphemeralMessage => new(InteractionResponseType.DeferredMessage, new { Flags = MessageFlags.Ephemeral }),
        Deferral.Update => new(InteractionResponseType.DeferredUpdate),
        _ => throw new ArgumentOutOfRangeException(nameof(deferral)),
    };
}

internal enum InteractionResponseType
{
    Pong = 1,
    Message = 4,
    DeferredMessage = 5,
    DeferredUpdate = 6,
    Update = 7,
    AutocompleteChoices = 8,
    Modal = 9,
}
