using Rally.Ledger.Amounts;

namespace Rally.Bot.Roles;

/// <summary>What the reconciler did about one role of one member.</summary>
internal enum Outcome
{
    /// <summary>The role was given.</summary>
    Granted,

    /// <summary>The role was taken away.</summary>
    Removed,

    /// <summary>It should have been given or taken away, and could not be; the detail says why.</summary>
    Refused,
}

/// <summary>A decision as it is kept: the holding and the rule it was made by, what made the bot look, and what came of it.</summary>
/// <param name="Holding">Null when the member was not linked.</param>
/// <param name="Because">What made the bot look.</param>
/// <param name="Coin">The coin the rule is mainly about; empty for none.</param>
/// <param name="Detail">Why it was refused; what there is to add otherwise.</param>
/// <param name="Version">Of the rules it was made by; null for one that was made before rules had versions.</param>
internal sealed record Decision(
    ulong GuildId, ulong UserId, ulong RoleId, Outcome Outcome, string Coin, Amount? Holding, Amount Enter, Amount Leave,
    string Because, string Detail, DateTimeOffset At, long? Version = null)
{
    /// <summary>Whether this says again what <paramref name="last"/> said: then it is not kept twice.</summary>
    public bool Repeats(Decision? last) =>
        last is not null && Outcome == Outcome.Refused && last.Outcome == Outcome.Refused && Detail == last.Detail;
}
