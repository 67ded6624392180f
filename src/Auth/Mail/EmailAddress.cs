using System.Text.RegularExpressions;

namespace Rally.Auth.Mail;

/// <summary>The rules of an e-mail address: those of HTML's input field, in small letters.</summary>
internal static partial class EmailAddress
{
    public const int GreatestLength = 254;
    public const string Rule = "That is not an e-mail address.";

    /// <summary>The address as it is kept, or null when the rules do not allow it.</summary>
    public static string? Fold(string? typed)
    {
        var folded = typed?.Trim().ToLowerInvariant() ?? "";
        return folded.Length <= GreatestLength && Allowed().IsMatch(folded) ? folded : null;
    }

    [GeneratedRegex(@"^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\z")]
    private static partial Regex Allowed();
}
