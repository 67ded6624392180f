using Rally.Bot.DiscordApi.Models;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Commands;

/// <summary>Reads a number of coins, typed as such or as US dollars' worth of them: <c>5</c>, or <c>$5</c>, or 5 with the unit USD.</summary>
internal static class MoneyInput
{
    private const string Usd = "USD";
    private const string Coins = "COINS";

    /// <summary>In what the amount is typed; names of its choices are keys of texts.</summary>
    public static CommandOption Unit { get; } =
        new(CommandOptionType.String, "unit", "") { Choices = [new("coins", Coins), new("usd", Usd)] };

    /// <param name="typed">What was typed.</param>
    /// <param name="unit">The choice of <see cref="Unit"/>; null for coins.</param>
    /// <param name="amount">Coins, rounded down to 10^-6.</param>
    /// <param name="mend">When false: what is wrong and what to type instead.</param>
    public static bool TryRead(string typed, string? unit, Coin coin, Language language, out Amount amount, out string mend)
    {
        var number = typed.Trim();
        var isUsd = unit == Usd || number.StartsWith('$');
        if (!AmountInput.TryRead(number.TrimStart('$'), out amount, out mend, language))
            return false;
        if (!isUsd)
            return true;
        if (coin.Price?.InUsd is not { } price)
        {
            mend = language.Say("amount.no-usd-price", coin.Symbol);
            return false;
        }

        var coins = (Int128)amount.MinorUnits * Amount.PerCoin / price.MinorUnits;
        if (coins > 0 && coins <= long.MaxValue)
        {
            amount = new((long)coins);
            return true;
        }

        mend = language.Say("amount.usd-out-of-range", coin.Symbol, price);
        return false;
    }

    /// <summary>What so many coins are worth in US dollars, in whole cents rounded down; null where that is not known.</summary>
    public static string? InUsd(Amount coins, Coin coin) => coin.Price?.InUsd is { } price
        ? ((decimal)((Int128)coins.MinorUnits * price.MinorUnits / Amount.PerCoin / 10_000) / 100).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)
        : null;

    /// <summary>As the deep link and the former API name it.</summary>
    public static string UnitOf(string typed, string? unit) => unit == Usd || typed.TrimStart().StartsWith('$') ? Usd : Coins;
}
