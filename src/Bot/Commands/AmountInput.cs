using Rally.Ledger.Amounts;

namespace Rally.Bot.Commands;

/// <summary>Reads amounts that people type.</summary>
internal static class AmountInput
{
    /// <param name="typed">What was typed.</param>
    /// <param name="amount">The amount, above zero.</param>
    /// <param name="mend">When false: what is wrong and what to type instead.</param>
    /// <param name="language">That of <paramref name="mend"/>; English when not told.</param>
    public static bool TryRead(string typed, out Amount amount, out string mend, Language? language = null)
    {
        mend = "";
        language ??= Language.English;
        if (!Amount.TryParse(typed.Trim(), out amount))
        {
            mend = language.Say("amount.unreadable", Say.Quote(typed), Amount.Scale);
            return false;
        }

        if (amount > Amount.Zero)
            return true;
        mend = language.Say("amount.zero");
        return false;
    }
}
