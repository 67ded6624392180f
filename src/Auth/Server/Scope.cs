namespace Rally.Auth.Server;

/// <summary>What a token lets its bearer do.</summary>
/// <param name="Name">As in the protocol.</param>
/// <param name="Meaning">In plain words, after "It will be able to".</param>
/// <param name="ForClientsOnly">Never on a person's consent, only on a client's own token.</param>
/// <param name="Spends">It takes coins from the account, within limits that the person sets for the app.</param>
/// <param name="ForPeopleOnly">Never on a client's own token: it acts for the one person who gave it.</param>
/// <param name="ByOperatorOnly">Developers cannot choose it for their apps: the operator registers an app for it by command.</param>
internal sealed record Scope(
    string Name, string Meaning, bool ForClientsOnly = false, bool ForPeopleOnly = false, bool Spends = false, bool ByOperatorOnly = false)
{
    /// <summary>Asks for an ID token (OpenID Connect Core, 3.1.2.1).</summary>
    public const string OpenId = "openid";

    /// <summary>A scope parameter's names in order, each once; the empty list when there are none.</summary>
    public static IReadOnlyList<string> Split(string? names) =>
        names is null ? [] : [.. names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal)];

    public static string Join(IEnumerable<string> names) => string.Join(' ', names);
}
