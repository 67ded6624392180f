using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>What goes back to Discord within three seconds, as JSON.</summary>
internal sealed record InteractionResponse(InteractionResponseType Type, object? Data = null)
{
    public static InteractionResponse Pong { get; } = new(InteractionResponseType.Pong);

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
