using System.Data.Common;
using Dapper;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Apps;

/// <summary>What accounts have allowed apps, remembered until revoked.</summary>
internal sealed class Consents(Database database, TimeProvider time)
{
    /// <param name="Scopes">What the app may do.</param>
    /// <param name="State">The app's; see <see cref="AppState"/>.</param>
    internal sealed record Consent(string ClientId, string AppName, string Owner, IReadOnlyList<string> Scopes, DateTimeOffset GrantedAt, string State);

    /// <summary>Whether the account has allowed the app all of these.</summary>
    public async Task<bool> CoverAsync(Guid accountId, string clientId, IEnumerable<string> scopes, CancellationToken stop)
    {
        var allowed = await database.ReadAsync(connection => ScopeAsync(connection, null, accountId, clientId), stop);
        return allowed is not null && !scopes.Except(Scope.Split(allowed)).Any();
    }

    /// <summary>Adds to what the account has allowed the app before.</summary>
    public async Task AddAsync(
        DbTransaction transaction, Guid accountId, string clientId, IEnumerable<string> scopes, CancellationToken stop)
    {
        // Two consents at once would each write their own union of the old scopes.
        await LockAsync(transaction, accountId, stop);
        var before = await ScopeAsync(transaction.Connection!, transaction, accountId, clientId);
        await transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_consent (account_id, client_id, scope, granted_at) VALUES (@accountId, @clientId, @scope, @now)
            ON CONFLICT (account_id, client_id) DO UPDATE SET scope = excluded.scope, granted_at = excluded.granted_at
            """,
            new
            {
                accountId,
                clientId,
                scope = Scope.Join(Scope.Split(before).Union(scopes).Order(StringComparer.Ordinal)),
                now = time.GetUtcNow(),
            }, transaction);
    }

    public async Task<IReadOnlyList<Consent>> OfAsync(Guid accountId, CancellationToken stop)
    {
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Row>("""
            SELECT c.id AS client_id, c.name, c.owner, s.scope, s.granted_at, c.state
            FROM auth_consent s JOIN auth_client c ON c.id = s.client_id
            WHERE s.account_id = @accountId ORDER BY c.name, c.id
            """, new { accountId }), stop);
        return [.. rows.Select(row => new Consent(row.ClientId, row.Name, row.Owner, Scope.Split(row.Scope), row.GrantedAt, row.State))];
    }

    /// <summary>
    /// Keeps others from changing the account's consents until the transaction ends. Whoever ends several of its grants, a
    /// grant with its consent, the account, or an app that it owns comes here before writing any of them: in another order two
    /// could wait for each other. Only <c>auth.links</c>, <c>auth.first-operator</c> and a code's own lock (<see cref="RedeemCode"/>)
    /// come earlier; rows follow as keys delete them: the consent, its grants, their tokens (<see cref="GrantStore.HoldAsync"/>).
    /// </summary>
    public Task LockAsync(DbTransaction transaction, Guid accountId, CancellationToken stop) =>
        database.SerializeAsync(transaction, $"auth.consent.{accountId}", stop);

    /// <inheritdoc cref="LockAsync(DbTransaction, Guid, CancellationToken)"/>
    /// <returns>Whether the account has allowed the app anything.</returns>
    public async Task<bool> LockAsync(DbTransaction transaction, Guid accountId, string clientId, CancellationToken stop)
    {
        await LockAsync(transaction, accountId, stop);
        return await ScopeAsync(transaction.Connection!, transaction, accountId, clientId) is not null;
    }

    /// <summary>Forgets the consent and ends every grant it led to.</summary>
    public Task RevokeAsync(Guid accountId, string clientId, CancellationToken stop) =>
        database.WriteAsync(transaction => RevokeAsync(transaction, accountId, clientId, stop), stop);

    /// <inheritdoc cref="RevokeAsync(Guid, string, CancellationToken)"/>
    /// <returns>What the app was allowed.</returns>
    public async Task<IReadOnlyList<string>> RevokeAsync(DbTransaction transaction, Guid accountId, string clientId, CancellationToken stop)
    {
        await LockAsync(transaction, accountId, stop);
        var allowed = await ScopeAsync(transaction.Connection!, transaction, accountId, clientId);
        await transaction.Connection!.ExecuteAsync("""
            DELETE FROM auth_consent WHERE account_id = @accountId AND client_id = @clientId;
            UPDATE auth_grant SET revoked_at = @now
            WHERE account_id = @accountId AND client_id = @clientId AND revoked_at IS NULL;
            """, new { accountId, clientId, now = time.GetUtcNow() }, transaction);
        return Scope.Split(allowed);
    }

    /// <summary>Ends one grant of the consent, and forgets the consent when none is left.</summary>
    public async Task EndGrantAsync(DbTransaction transaction, Guid grantId, Guid accountId, string clientId, CancellationToken stop)
    {
        await LockAsync(transaction, accountId, stop);
        await transaction.Connection!.ExecuteAsync("""
            DELETE FROM auth_consent WHERE account_id = @accountId AND client_id = @clientId
              AND NOT EXISTS (SELECT 1 FROM auth_grant
                              WHERE account_id = @accountId AND client_id = @clientId AND id <> @grantId AND revoked_at IS NULL);
            UPDATE auth_grant SET revoked_at = @now WHERE id = @grantId AND revoked_at IS NULL;
            """, new { grantId, accountId, clientId, now = time.GetUtcNow() }, transaction);
    }

    private static Task<string?> ScopeAsync(DbConnection connection, DbTransaction? transaction, Guid accountId, string clientId) =>
        connection.QuerySingleOrDefaultAsync<string?>(
            "SELECT scope FROM auth_consent WHERE account_id = @accountId AND client_id = @clientId",
            new { accountId, clientId }, transaction);

    private sealed record Row(string ClientId, string Name, string Owner, string Scope, DateTimeOffset GrantedAt, string State);
}
