using System.Collections.Concurrent;

namespace Rally.Auth.Server;

/// <summary>
/// Clients as they were when they last got a token of their own by a look at the store. They may have changed since, in this process or another: what is
/// issued to one counts only if the store finds it unchanged in the same statement, and no refusal is told from memory.
/// </summary>
internal sealed class KnownClients
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, KnownClient> _all = new(StringComparer.Ordinal);

    /// <param name="id">As a client sends it.</param>
    /// <returns>Null for one that is not known.</returns>
    public KnownClient? Find(string? id) => id is not null && _all.TryGetValue(id, out var known) ? known : null;

    /// <param name="client">As it is in the store; one without a secret has nothing to prove.</param>
    public void Remember(Client client)
    {
        if (client.SecretHash is not { } secretHash)
            return;
        if (_all.Count >= Most)
            _all.Clear();
        _all[client.Id] = new(client, secretHash, Scope.Join(client.Scopes), string.Join(' ', client.GrantTypes));
    }
}

/// <summary>A client, and what of it a token depends on as the store has it.</summary>
internal sealed record KnownClient(Client Client, byte[] SecretHash, string Scope, string GrantTypes);
