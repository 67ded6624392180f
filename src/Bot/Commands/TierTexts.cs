namespace Rally.Bot.Commands;

/// <summary>Sentences that several commands of <c>/tier</c> say.</summary>
internal static class TierTexts
{
    public const string None = "This server has no tiers yet. `/tier add` makes one.";

    public const string Meanwhile = "Somebody else changed the rules just now, so yours were not. Look at them with `/tier list`, and try again.";

    public static string NoTier(string role) => $"{role} has no tier. `/tier list` shows those there are.";
}
