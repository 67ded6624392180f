namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>What the bot does about interactions; <see cref="InteractionResponder"/> keeps Discord's deadlines around it.</summary>
internal interface IInteractionHandler
{
    /// <summary>How a late reply to this one is held open; declared beforehand because it settles who sees the reply.</summary>
    Deferral DeferralOf(Interaction interaction);

    /// <summary>May take minutes; an exception becomes an apology to the user.</summary>
    Task<InteractionReply> HandleAsync(Interaction interaction, CancellationToken stop);

    /// <summary>What the user is told, in their language, when there is no reply.</summary>
    MessageReply Apologise(Interaction interaction, Mishap mishap);
}

/// <summary>Why there is no reply.</summary>
internal enum Mishap
{
    /// <summary>Handling it failed; the log has why, by the interaction's id.</summary>
    Failed,

    /// <summary>The reply was ready too late to be given in its form.</summary>
    TooLate,
}
