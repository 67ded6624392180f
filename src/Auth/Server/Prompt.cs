namespace Rally.Auth.Server;

/// <summary>What a client may ask the pages to do (OpenID Connect Core, 3.1.2.1).</summary>
internal static class Prompt
{
    /// <summary>Show nothing: answer at once, or refuse.</summary>
    public const string None = "none";

    /// <summary>Ask for the password also where somebody is signed in.</summary>
    public const string Login = "login";

    /// <summary>Ask for consent also where it was given before.</summary>
    public const string Consent = "consent";

    /// <summary>Let the person change the account, which the consent page does.</summary>
    public const string SelectAccount = "select_account";

    public static IReadOnlyList<string> All { get; } = [None, Login, Consent, SelectAccount];

    /// <returns>The values asked for; null when one is unknown, or none is not alone.</returns>
    public static IReadOnlyList<string>? Parse(string? prompt)
    {
        var asked = Scope.Split(prompt);
        return asked.Except(All).Any() || (asked.Contains(None) && asked.Count > 1) ? null : asked;
    }
}
