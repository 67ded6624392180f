using System.Globalization;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Explorer;

/// <summary>How figures, times and accounts look on the pages.</summary>
internal static class Show
{
    /// <summary>With a comma after each three digits of the whole part.</summary>
    public static string Number(Amount amount)
    {
        var text = amount.ToString();
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return Whole(amount.MinorUnits / Amount.PerCoin) is var whole && amount.MinorUnits is < 0 and > -Amount.PerCoin
            ? text
            : whole + (point < 0 ? "" : text[point..]);
    }

    public static string Whole(long number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A part of the whole in percent, two digits after the point, rounded down.</summary>
    public static string Percent(Amount part, Amount whole)
    {
        if (whole <= Amount.Zero)
            return "";
        var hundredths = (long)((Int128)part.MinorUnits * 10_000 / whole.MinorUnits);
        return hundredths == 0 && part > Amount.Zero
            ? "< 0.01 %"
            : string.Create(CultureInfo.InvariantCulture, $"{hundredths / 100}.{hundredths % 100:00} %");
    }

    /// <summary>Basis points in percent.</summary>
    public static string Percent(long basisPoints) => Number(new Amount(basisPoints * (Amount.PerCoin / 100))) + " %";

    public static Html Time(DateTimeOffset time) => $"""
        <time datetime="{time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}">{Minute(time)}</time>
        """;

    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy", CultureInfo.InvariantCulture);

    public static Html Account(AccountKey account) =>
        account.Holder is { } holder ? Holder(holder) : (Html)$"{AccountWords.Of(account)}";

    public static Html Holder(Guid holder) =>
        $"""<a class="id" href="{Paths.Account(holder)}" title="{holder.ToString()}">{Short(holder)}</a>""";

    public static Html Coin(string symbol) => $"""<a href="{Paths.Coin(symbol)}">{symbol}</a>""";

    /// <summary>Enough of an id to tell a few apart; time-ordered ones differ at their end.</summary>
    public static string Short(Guid id) => $"{id:N}"[..6] + "…" + $"{id:N}"[^6..];
}
