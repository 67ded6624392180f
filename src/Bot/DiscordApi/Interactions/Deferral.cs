namespace Rally.Bot.DiscordApi.Interactions;

/// <summary>What the user sees while a reply takes longer.</summary>
internal enum Deferral
{
    /// <summary>"Thinking…", for this user alone.</summary>
    EphemeralMessage,

    /// <summary>"Thinking…", for everybody in the channel.</summary>
    PublicMessage,

    /// <summary>Nothing; for pressed components whose reply changes their own message.</summary>
    Update,
}
