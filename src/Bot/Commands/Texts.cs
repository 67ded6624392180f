namespace Rally.Bot.Commands;

/// <summary>Sentences that more than one command says.</summary>
internal static class Texts
{
    public const string NoCoin = "This server has no coin yet. Someone with the permission Manage Server chooses it with `/coin setup`.";
}
