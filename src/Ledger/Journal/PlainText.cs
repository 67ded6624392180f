using System.Buffers;
using System.Text;

namespace Rally.Ledger.Journal;

/// <summary>What people write into the log: one line that both engines store and every page shows.</summary>
internal static class PlainText
{
    /// <summary>No control characters (PostgreSQL refuses U+0000) and no half of a surrogate pair (which is not UTF-8).</summary>
    public static bool IsPlain(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var consumed) != OperationStatus.Done || Rune.IsControl(rune))
                return false;
            text = text[consumed..];
        }

        return true;
    }
}
