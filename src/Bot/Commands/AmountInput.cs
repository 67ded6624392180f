using Rally.Ledger.Amounts;

namespace Rally.Bot.Commands;

/// <summary>Reads amounts that people type.</summary>
internal static class AmountInput
{
    /// <param name="typed">What was typed.</param>
    /// <param name="amount">The amount, above zero.</param>
    /// <param name="mend">When false: what is wrong and what to type instead.</param>
    public static bool TryRead(string typed, out Amount amount, out string mend)
    {
        mend = "";
        if (!Amount.TryParse(typed.Trim(), out amount))
        {
            mend = $"“{Say.Quote(typed)}” is not an amount. Type a number with at most {Amount.Scale} digits after the point, such as 60 or 12.5.";
            return false;
        }

        if (amount > Amount.Zero)
            return true;
        mend = "The amount must be above zero, such as 60 or 12.5.";
        return false;
    }
}
