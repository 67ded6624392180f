using System.Data.Common;
using System.Text.Json;
using System.Text.RegularExpressions;
using Dapper;
using Rally.Auth.Apps;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>The registered clients.</summary>
internal sealed partial class ClientStore(Database database, Consents consents, TimeProvider time)
{
    /// <summary>The most that <see cref="InStateAsync"/> finds.</summary>
    public const int Most = 50;

    private const string Select = """
        SELECT id, name, owner, secret_hash, redirect_uris, scope, grant_types, id_token_algorithm, account_id, state, reason, home_page,
               webhook, logo_version, old_secret_hash, old_secret_until, updated_at
        FROM auth_client
        """;

    public static bool IsId(string? id) => id is not null && IdRule().IsMatch(id);

    public async Task<Client?> FindAsync(string? id, CancellationToken stop) =>
        IsId(id) ? await database.ReadAsync(connection => FindAsync(connection, null, id!), stop) : null;

    /// <summary>The states of those of these apps that there are.</summary>
    public async Task<IReadOnlyList<(string Id, string State)>> StatesAsync(IReadOnlyCollection<string> ids, CancellationToken stop)
    {
        // One parameter however many there are, so that the statement stays prepared.
        var (among, wanted) = database.Engine == Engine.Sqlite
            ? ("id IN (SELECT value FROM json_each(@wanted))", JsonSerializer.Serialize(ids))
            : ("id = ANY (@wanted)", (object)ids.ToArray());
        return (await database.ReadAsync(connection => connection.QueryAsync<(string, string)>(new CommandDefinition(
            $"SELECT id, state FROM auth_client WHERE {among}", new { wanted }, cancellationToken: stop)), stop)).AsList();
    }

    /// <summary>The apps of an account, by name.</summary>
    public async Task<IReadOnlyList<Client>> OfAsync(Guid accountId, CancellationToken stop) =>
        [.. (await database.ReadAsync(connection => connection.QueryAsync<Row>(
            $"{Select} WHERE account_id = @accountId ORDER BY name, id", new { accountId }), stop)).Select(Read)];

    /// <summary>Those in a state, the one changed last first, for an operator.</summary>
    /// <param name="state">Of <see cref="AppState.All"/>.</param>
    /// <param name="query">A client id, or the whole name of an app or its owner; empty for all.</param>
    /// <param name="stop">Ends the search.</param>
    public async Task<IReadOnlyList<Client>> InStateAsync(string state, string query, CancellationToken stop) =>
        [.. (await database.ReadAsync(connection => connection.QueryAsync<Row>($"""
            {Select} WHERE state = @state AND (@query = '' OR id = @query OR lower(name) = lower(@query) OR lower(owner) = lower(@query))
            ORDER BY updated_at DESC, id LIMIT {Most}
            """, new { state, query }), stop)).Select(Read)];

    public Task<long> CountWaitingAsync(CancellationToken stop) =>
        database.ReadAsync(connection => connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM auth_client WHERE state = @waiting", new { waiting = AppState.Waiting }), stop);

    /// <summary>
    /// Adds the client, or makes the one with its id be as given; a secret before that ends. What the operator decided about it
    /// stays.
    /// </summary>
    public Task SaveAsync(Client client, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_client (id, name, owner, secret_hash, redirect_uris, scope, grant_types, id_token_algorithm, created_at, updated_at)
            VALUES (@Id, @Name, @Owner, @SecretHash, @redirectUris, @scope, @grantTypes, @IdTokenAlgorithm, @now, @now)
            ON CONFLICT (id) DO UPDATE SET
              name = excluded.name, owner = excluded.owner, secret_hash = excluded.secret_hash,
              redirect_uris = excluded.redirect_uris, scope = excluded.scope, grant_types = excluded.grant_types,
              id_token_algorithm = excluded.id_token_algorithm,
              old_secret_hash = NULL, old_secret_until = NULL, updated_at = excluded.updated_at
            """, Values(client), transaction), stop);

    /// <summary>Adds an app of an account.</summary>
    public Task AddAsync(DbTransaction transaction, Client client) => transaction.Connection!.ExecuteAsync("""
        INSERT INTO auth_client
          (id, name, owner, secret_hash, redirect_uris, scope, grant_types, id_token_algorithm, account_id, state, home_page, webhook, created_at, updated_at)
        VALUES (@Id, @Name, @Owner, @SecretHash, @redirectUris, @scope, @grantTypes, @IdTokenAlgorithm, @AccountId, @State, @HomePage, @Webhook, @now, @now)
        """, Values(client), transaction);

    /// <summary>Changes all of an app but its secrets and owner.</summary>
    /// <param name="id">The app.</param>
    /// <param name="owner">Whose it must be; null for nobody's.</param>
    /// <param name="change">How it shall be; null for no change.</param>
    /// <param name="then">What else belongs to the change.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>Whether it was changed.</returns>
    public Task<bool> ChangeAsync(string id, Guid? owner, Func<Client, Client?> change, Func<DbTransaction, Task> then, CancellationToken stop) =>
        database.WriteAsync(async transaction =>
        {
            // The owner may be deleting the account, and with it the app.
            if (owner is { } account)
                await consents.LockAsync(transaction, account, stop);
            // Of two changes at once, one could undo the other unseen.
            await database.SerializeAsync(transaction, $"auth.app.{id}", stop);
            if (await FindAsync(transaction.Connection!, transaction, id) is not { } before || before.AccountId != owner || change(before) is not { } after)
                return false;
            await transaction.Connection!.ExecuteAsync("""
                UPDATE auth_client SET
                  name = @Name, redirect_uris = @redirectUris, scope = @scope, grant_types = @grantTypes, home_page = @HomePage,
                  webhook = @Webhook, state = @State, reason = @Reason, logo_version = @LogoVersion, updated_at = @now
                WHERE id = @Id
                """, Values(after), transaction);
            await then(transaction);
            return true;
        }, stop);

    /// <returns>Whether the account had it.</returns>
    public static async Task<bool> DeleteAsync(DbTransaction transaction, string id, Guid owner) =>
        await transaction.Connection!.ExecuteAsync("DELETE FROM auth_client WHERE id = @id AND account_id = @owner", new { id, owner }, transaction) == 1;

    public static async Task<Client?> FindAsync(DbConnection connection, DbTransaction? transaction, string id) =>
        await connection.QuerySingleOrDefaultAsync<Row>($"{Select} WHERE id = @id", new { id }, transaction) is { } row ? Read(row) : null;

    private object Values(Client client) => new
    {
        client.Id,
        client.Name,
        client.Owner,
        client.SecretHash,
        redirectUris = string.Join(' ', client.RedirectUris),
        // In the order in which it is read: whether it is still the same is asked by comparing.
        scope = Scope.Join(client.Scopes.Order(StringComparer.Ordinal)),
        grantTypes = string.Join(' ', client.GrantTypes),
        client.IdTokenAlgorithm,
        client.AccountId,
        client.State,
        client.Reason,
        client.HomePage,
        client.Webhook,
        client.LogoVersion,
        now = time.GetUtcNow(),
    };

    private static Client Read(Row row) => new(
        row.Id, row.Name, row.Owner, row.SecretHash,
        row.RedirectUris.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        Scope.Split(row.Scope),
        row.GrantTypes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
    {
        IdTokenAlgorithm = row.IdTokenAlgorithm,
        AccountId = row.AccountId,
        State = row.State,
        Reason = row.Reason,
        HomePage = row.HomePage,
        Webhook = row.Webhook,
        LogoVersion = row.LogoVersion,
        OldSecretHash = row.OldSecretHash,
        OldSecretUntil = row.OldSecretUntil,
        UpdatedAt = row.UpdatedAt,
    };

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

        public Guid? AccountId { get; init; }

        public required string State { get; init; }

        public string? Reason { get; init; }

        public string? HomePage { get; init; }

        public string? Webhook { get; init; }

        public string? LogoVersion { get; init; }

        public byte[]? OldSecretHash { get; init; }

        public DateTimeOffset? OldSecretUntil { get; init; }

        public DateTimeOffset UpdatedAt { get; init; }
    }
}
