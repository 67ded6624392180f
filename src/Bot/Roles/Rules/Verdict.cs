namespace Rally.Bot.Roles.Rules;

/// <summary>Why a member is, or is not, to have a tier's role.</summary>
internal enum Ground
{
    /// <summary>The condition is met.</summary>
    Met,

    /// <summary>It is not met.</summary>
    NotMet,

    /// <summary>It is met no more, and the role stays for a while.</summary>
    InGrace,

    /// <summary>It was met once, which is enough.</summary>
    MetOnce,

    /// <summary>It is met, and so is a higher one of the ladder.</summary>
    Outranked,

    /// <summary>The tier's window is not open.</summary>
    Closed,

    /// <summary>Nothing is known of them: not linked, or no more.</summary>
    NotLinked,

    /// <summary>The bot leaves their roles alone.</summary>
    Exempt,
}

/// <summary>What the rules say about one tier of a member.</summary>
/// <param name="Wanted">Whether they are to have the role; null when the bot leaves it as it is.</param>
/// <param name="Standing">How they stand from now on; null when they do not meet the tier.</param>
/// <param name="Finding">How the condition was found; null when it was not looked at.</param>
/// <param name="BegunToLeave">A grace has begun just now, of which they are to be told.</param>
internal sealed record Verdict(Tier Tier, bool? Wanted, Ground Ground, Standing? Standing, Finding? Finding, bool BegunToLeave = false)
{
    /// <summary>The tier that stands above, when <see cref="Ground.Outranked"/>.</summary>
    public Tier? Above { get; init; }
}

/// <param name="Verdicts">One for each tier, in the rules' order.</param>
/// <param name="LookAgainAt">When time alone may change it; null for never.</param>
internal sealed record Evaluation(IReadOnlyList<Verdict> Verdicts, DateTimeOffset? LookAgainAt);
