using Rally.Ledger.Journal;

namespace Rally.Ledger.Tests.Simulation;

/// <summary>Answers in words, whole, so that the ledger's and the model's compare to the last unit.</summary>
internal static class Answer
{
    public static string Text(PostResult result) => result switch
    {
        PostResult.Posted posted => Posted([.. posted.Entries.Select(ModelEntry.Of)], posted.Repeated),
        PostResult.CoinSaved saved => Saved(ModelCoin.Of(saved.Coin)),
        PostResult.CoinExists taken => Exists(ModelCoin.Of(taken.Existing)),
        _ => result.ToString(),
    };

    public static string Posted(IReadOnlyList<ModelEntry> entries, bool repeated) =>
        $"{(repeated ? "Repeated" : "Posted")} {string.Join("\n    ", entries)}";

    public static string Saved(ModelCoin coin) => $"CoinSaved {coin}";

    public static string Exists(ModelCoin coin) => $"CoinExists {coin}";

    public static string Refused(PostResult.Refused refusal) => refusal.ToString();

    /// <summary>Its first word: what kind of answer it is.</summary>
    public static string Kind(string answer) => answer.Split(' ')[0];
}
