namespace Rally.Bot.Commands;

/// <summary>Sentences for commands that know no language of their caller's.</summary>
internal static class Texts
{
    public static string NoCoin => Language.English.Say("coin.none-chosen");
}
