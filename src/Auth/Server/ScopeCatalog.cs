namespace Rally.Auth.Server;

/// <summary>Every scope this server knows.</summary>
internal sealed class ScopeCatalog(IEnumerable<Scope> scopes)
{
    private readonly Dictionary<string, Scope> _scopes = scopes.ToDictionary(scope => scope.Name);

    public IEnumerable<Scope> All => _scopes.Values;

    public Scope? Find(string name) => _scopes.GetValueOrDefault(name);

    /// <summary>Whether a client's own token may carry it.</summary>
    public bool IsForClients(string name) => Find(name) is { ForPeopleOnly: false };

    /// <summary>Whether a person may be asked to consent to all of these.</summary>
    public bool AreForPeople(IEnumerable<string> names) =>
        names.All(name => Find(name) is { ForClientsOnly: false });
}
