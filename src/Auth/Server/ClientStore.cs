using System.Text.RegularExpressions;
using Dapper;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>The registered clients.</summary>
internal sealed partial class ClientStore(Database database, TimeProvider time)
{
    public static bool IsId(string? id) => id is not null && IdRule().IsMatch(id);

    public async Task<Client?> FindAsync(string? id, CancellationToken stop)
    {
        if (!IsId(id))
            return null;
        var row = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>("""
            SELECT id, name, owner, secret_hash, redirect_uris, scope, grant_types, id_token_algorithm
            FROM auth_client WHERE id = @id
            """, new { id }), stop);
        return row is null ? null : new Client(
            row.Id, row.Name, row.Owner, row.SecretHash,
            row.RedirectUris.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Scope.Split(row.Scope),
            row.GrantTypes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            IdTokenAlgorithm = row.IdTokenAlgorithm,
        };
    }

    /// <summary>Adds the client, or makes the one with its id be as given.</summary>
    public Task SaveAsync(Client client, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_client (id, name, owner, secret_hash, redirect_uris, scope, grant_types, id_token_algorithm, created_at, updated_at)
            VALUES (@Id, @Name, @Owner, @SecretHash, @redirectUris, @scope, @grantTypes, @IdTokenAlgorithm, @now, @now)
            ON CONFLICT (id) DO UPDATE SET
              name = excluded.name, owner = excluded.owner, secret_hash = excluded.secret_hash,
              redirect_uris = excluded.redirect_uris, scope = excluded.scope, grant_types = excluded.grant_types,
              id_token_algorithm = excluded.id_token_algorithm,
              updated_at = excluded.updated_at
            """,
            new
            {
                client.Id,
                client.Name,
                client.Owner,
                client.SecretHash,
                redirectUris = string.Join(' ', client.RedirectUris),
                scope = Scope.Join(client.Scopes),
                grantTypes = string.Join(' ', client.GrantTypes),
                client.IdTokenAlgorithm,
                now = time.GetUtcNow(),
            }, transaction), stop);

    [GeneratedRegex(@"^[A-Za-z0-9._~-]{1,100}\z")]
    private static partial Regex IdRule();

    // Properties, not parameters: SQLite gives a NULL no type, so no constructor would fit a client without a secret.
    private sealed record Row
    {
        public required string Id { get; init; }

        public required string Name { get; init; }

        public required string Owner { get; init; }

        public byte[]? SecretHash { get; init; }

        public required string RedirectUris { get; init; }

        public required string Scope { get; init; }

        public required string GrantTypes { get; init; }

        public required string IdTokenAlgorithm { get; init; }
    }
}
