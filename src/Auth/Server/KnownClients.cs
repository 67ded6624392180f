using System.Collections.Concurrent;

namespace Rally.Auth.Server;

/// <summary>
/// Clients as they were when they last got a token by a look at the store. They may have changed since, in this process or another: what is
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
    public void Remember(KnownClient client)
    {
        if (client.SecretHash is null)
            return;
        if (_all.Count >= Most)
            _all.Clear();
        _all[client.Client.Id] = client;
    }
}

/// <summary>A client, and what of it a token depends on as the store has it.</summary>
/// <param name="SecretHash">Null for a public client's.</param>
internal sealed record KnownClient(Client Client, byte[]? SecretHash, string Scope, string GrantTypes)
{
    public static KnownClient Of(Client client) => new(client, client.SecretHash, Server.Scope.Join(client.Scopes), string.Join(' ', client.GrantTypes));

    /// <summary>Whether the client still is what was proven, and may what it might; <paramref name="now"/> is null when it is gone.</summary>
    public bool IsStill(Client? now) =>
        now is not null && Of(now) is var other && State(now) == State(Client) && (Scope, GrantTypes) == (other.Scope, other.GrantTypes)
        && Client.SecretHash.AsSpan().SequenceEqual(now.SecretHash) && Client.OldSecretHash.AsSpan().SequenceEqual(now.OldSecretHash);

    private static (string, DateTimeOffset?) State(Client client) => (client.State, client.OldSecretUntil);
}
