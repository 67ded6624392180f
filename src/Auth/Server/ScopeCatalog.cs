namespace Rally.Auth.Server;

/// <summary>Every scope this server knows.</summary>
internal sealed class ScopeCatalog(IEnumerable<Scope> scopes)
{
    private readonly Dictionary<string, Scope> _scopes = scopes.ToDictionary(scope => scope.Name);

    /// <summary>Those that any app may be registered for, and not only by the operator.</summary>
    public IEnumerable<Scope> ForAnyApp => _scopes.Values.Where(scope => !scope.ByOperatorOnly);

    public Scope? Find(string name) => _scopes.GetValueOrDefault(name);

    /// <summary>Whether a client's own token may carry it.</summary>
    public bool IsForClients(string name) => Find(name) is { ForPeopleOnly: false };

    /// <summary>Whether one of these takes coins from the account.</summary>
    public bool Spend(IEnumerable<string> names) => names.Any(name => Find(name) is { Spends: true });

    private bool AreForPeople(IEnumerable<string> names) =>
        names.All(name => Find(name) is { ForClientsOnly: false });

    /// <summary>Why this client cannot ask a person for these; null when it can.</summary>
    public OAuthError? FaultOf(IReadOnlyList<string> asked, Client client)
    {
        if (asked.Count == 0)
            return OAuthError.InvalidScope("scope is missing.");
        if (!AreForPeople(asked))
            return OAuthError.InvalidScope("A scope is unknown, or not one a person can give.");
        return asked.Except(client.Scopes).Any()
            ? OAuthError.InvalidScope("The client is not registered for a scope it asks for.")
            : null;
    }
}
