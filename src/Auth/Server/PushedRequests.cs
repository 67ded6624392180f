using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Authorization requests that clients left here before the browser came (RFC 9126): what the person sees cannot have been
/// changed on the way. Each is good for one answer; it must be opened within a minute, and then has an hour for the
/// person to sign in.
/// </summary>
internal sealed class PushedRequests(Database database, TimeProvider time)
{
    /// <summary>From the push to the browser's arrival.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private const string Prefix = "urn:ietf:params:oauth:request_uri:";

    private static readonly TimeSpan TimeForThePerson = TimeSpan.FromHours(1);

    /// <summary>The same for a request of the former API, whose programs send the link to people who open it when they see it.</summary>
    public static readonly TimeSpan FormerLifetime = TimeSpan.FromHours(1);

    /// <param name="client">Whose request it is.</param>
    /// <param name="query">The parameters, encoded.</param>
    /// <param name="stop">Ends the call before anything is kept.</param>
    /// <param name="isFormer">See <see cref="AuthorizationRequest.IsFormer"/>.</param>
    /// <returns>The request_uri.</returns>
    public async Task<string> AddAsync(Client client, string query, CancellationToken stop, bool isFormer = false)
    {
        var reference = OpaqueToken.New();
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_pushed_request (hash, client_id, parameters, is_former, expires_at)
            VALUES (@hash, @Id, @query, @isFormer, @expiresAt)
            """,
            new
            {
                hash = OpaqueToken.Hash(reference),
                client.Id,
                query,
                isFormer = isFormer ? 1L : 0L,
                expiresAt = time.GetUtcNow() + (isFormer ? FormerLifetime : Lifetime),
            }, transaction), stop);
        return Prefix + reference;
    }

    /// <param name="Hash">Its key.</param>
    /// <param name="Parameters">As they were pushed.</param>
    /// <param name="IsFormer">See <see cref="AuthorizationRequest.IsFormer"/>.</param>
    internal sealed record Pushed(byte[] Hash, Parameters Parameters, bool IsFormer);

    /// <returns>A request that this client pushed and that is still good; else null.</returns>
    public async Task<Pushed?> FindAsync(string requestUri, Client client, CancellationToken stop)
    {
        if (!requestUri.StartsWith(Prefix, StringComparison.Ordinal) || OpaqueToken.Hash(requestUri[Prefix.Length..]) is not { } hash)
            return null;
        var row = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>("""
            SELECT parameters, is_former FROM auth_pushed_request WHERE hash = @hash AND client_id = @Id AND expires_at > @now
            """, new { hash, client.Id, now = time.GetUtcNow() }), stop);
        return row is null ? null : new(hash, Parameters.OfQuery(row.Parameters), row.IsFormer != 0);
    }

    /// <summary>The browser has come: from now on it is the person who takes time.</summary>
    public Task BeginAsync(byte[] hash, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_pushed_request SET started_at = @now, expires_at = @expiresAt WHERE hash = @hash AND started_at IS NULL",
            new { hash, now = time.GetUtcNow(), expiresAt = time.GetUtcNow() + TimeForThePerson }, transaction), stop);

    /// <returns>Whether it was still there: of two answers to one request, the first counts.</returns>
    public static async Task<bool> TakeAsync(DbTransaction transaction, byte[] hash) =>
        await transaction.Connection!.ExecuteAsync("DELETE FROM auth_pushed_request WHERE hash = @hash", new { hash }, transaction) == 1;

    private sealed record Row(string Parameters, long IsFormer);
}
