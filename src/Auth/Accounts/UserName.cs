using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Identity;

namespace Rally.Auth.Accounts;

/// <summary>
/// The rules of a user name: 3 to 32 of a-z, 0-9, '_', '.' and '-'. Capitals are taken as their small letters
/// (phones capitalise the first one), so two names never differ by case alone.
/// </summary>
internal sealed partial class UserName : ILookupNormalizer
{
    public const string Rule = "A user name has 3 to 32 characters: letters a to z, digits, dot, dash and underscore.";

    /// <summary>The name as it is kept, or null when the rules do not allow it.</summary>
    public static string? Fold(string? typed)
    {
        var folded = typed?.Trim().ToLowerInvariant() ?? "";
        return Allowed().IsMatch(folded) ? folded : null;
    }

    public string? NormalizeName(string? name) => Fold(name);

    public string? NormalizeEmail(string? email) => email?.ToLowerInvariant();

    [GeneratedRegex(@"^[a-z0-9_.-]{3,32}\z")]
    private static partial Regex Allowed();
}
