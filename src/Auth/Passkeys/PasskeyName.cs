namespace Rally.Auth.Passkeys;

/// <summary>The rules of what a person calls a passkey.</summary>
internal static class PasskeyName
{
    public const int GreatestLength = 40;
    public const string Rule = "A passkey's name has 1 to 40 characters.";

    /// <summary>The name as it is kept, or null when the rules do not allow it.</summary>
    public static string? Fold(string? typed)
    {
        var name = typed?.Trim() ?? "";
        return name.Length is > 0 and <= GreatestLength && !name.Any(char.IsControl) ? name : null;
    }
}
