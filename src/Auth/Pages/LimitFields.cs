using Rally.Auth.Server;
using Rally.Auth.Spending;

namespace Rally.Auth.Pages;

/// <summary>The part of a form in which a person sets what an app may spend: of each coin so much a day, and so much in all.</summary>
internal static class LimitFields
{
    /// <param name="rows">A coin each, with what stands in its fields at first and a sentence below them.</param>
    public static Html Of(IReadOnlyList<(SpendingLimit Limit, string Hint)> rows) =>
        $"{rows.Select((row, index) => Row(index, row.Limit, rows.Count == 1, row.Hint))}";

    /// <summary>What was typed, and what is wrong with it. An empty field is zero.</summary>
    public static (IReadOnlyList<SpendingLimit> Limits, IReadOnlyList<string> Faults) Read(Parameters form)
    {
        var (limits, faults) = (new List<SpendingLimit>(), new List<string>());
        for (var index = 0; index <= SpendingLimit.Most && SpendingLimit.FoldCoin(form[$"coin_{index}"]) is { } coin; index++)
        {
            var (perDay, inAll) = (Amount(form[$"day_{index}"]), Amount(form[$"all_{index}"]));
            if (perDay is null || inAll is null)
                faults.Add($"The limits of {Name(coin)} must each be {CoinAmount.Rule}.");
            else if (limits.All(other => other.Coin != coin))
                limits.Add(new(coin, perDay.Value, inAll.Value));
        }

        return (limits, faults);
    }

    /// <summary>A limit in words.</summary>
    public static string InWords(SpendingLimit limit)
    {
        var unit = limit.Coin == SpendingLimit.EachOther ? "" : " " + limit.Coin;
        return $"{CoinAmount.Show(limit.PerDay)}{unit} in 24 hours, {CoinAmount.Show(limit.InAll)}{unit} in all";
    }

    public static string Name(string coin) => coin == SpendingLimit.EachOther ? "each other coin" : coin;

    private static long? Amount(string? typed) => typed is null ? 0 : CoinAmount.Parse(typed.Trim());

    private static Html Row(int index, SpendingLimit limit, bool isOnly, string hint) => $"""
        <fieldset>
          <legend>{(limit.Coin != SpendingLimit.EachOther ? limit.Coin : isOnly ? "Each coin" : "Each other coin")}</legend>
          <input type="hidden" name="coin_{index}" value="{limit.Coin}">
          <div class="pair">
            <div><label for="day_{index}">In 24 hours</label>
            <input id="day_{index}" name="day_{index}" value="{CoinAmount.Show(limit.PerDay)}" inputmode="decimal" autocomplete="off" maxlength="20"></div>
            <div><label for="all_{index}">In all</label>
            <input id="all_{index}" name="all_{index}" value="{CoinAmount.Show(limit.InAll)}" inputmode="decimal" autocomplete="off" maxlength="20"></div>
          </div>
          <p class="hint">{hint}</p>
        </fieldset>
        """;
}
