using System.Data.Common;
using Dapper;
using Rally.Auth.Apps;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Links;

/// <summary>Which identities belong to whom, and which are asked to move. Whoever changes them stands in one line.</summary>
internal sealed class LinkStore(Database database, Consents consents, LinkTold told, TimeProvider time)
{
    /// <summary>A link as it stands.</summary>
    /// <param name="Provider">See <see cref="LinkProvider.Key"/>.</param>
    /// <param name="Subject">See <see cref="ProvenIdentity.Subject"/>.</param>
    /// <param name="AccountId">Whose it is.</param>
    /// <param name="Name">What it was called there when it was last shown.</param>
    /// <param name="Flow">See <see cref="LinkFlow"/>.</param>
    /// <param name="GuildId">The Discord server it came from, if that is known.</param>
    /// <param name="LinkedAt">Since when it has belonged to this account without a break; rules about a link's age count from here.</param>
    internal sealed record Link
    {
        public required string Provider { get; init; }

        public required string Subject { get; init; }

        public required Guid AccountId { get; init; }

        public required string Name { get; init; }

        public required string Flow { get; init; }

        public string? GuildId { get; init; }

        public required DateTimeOffset LinkedAt { get; init; }
    }

    /// <summary>An identity that another account has proven, and would have.</summary>
    internal sealed record Move
    {
        public required string Provider { get; init; }

        public required string Subject { get; init; }

        public required Guid FromAccount { get; init; }

        public required Guid ToAccount { get; init; }

        public required string ToUserName { get; init; }

        public required string Name { get; init; }

        public required string Flow { get; init; }

        public string? GuildId { get; init; }

        public required DateTimeOffset ExpiresAt { get; init; }
    }

    private const string LinkColumns = "provider, subject, account_id, name, flow, guild_id, linked_at";

    private const string Moves = """
        SELECT m.provider, m.subject, m.from_account, m.to_account, a.user_name AS to_user_name, m.name, m.flow, m.guild_id, m.expires_at
        FROM auth_link_move m JOIN auth_account a ON a.id = m.to_account
        """;

    /// <summary>An account's links, by provider.</summary>
    public async Task<IReadOnlyList<Link>> OfAsync(Guid accountId, CancellationToken stop) =>
        (await database.ReadAsync(connection => connection.QueryAsync<Link>(
            $"SELECT {LinkColumns} FROM auth_link WHERE account_id = @accountId ORDER BY provider", new { accountId }), stop)).AsList();

    /// <summary>What others ask of this account, and what it asks of others; what is over is not there.</summary>
    public async Task<IReadOnlyList<Move>> MovesOfAsync(Guid accountId, CancellationToken stop) =>
        (await database.ReadAsync(connection => connection.QueryAsync<Move>(
            $"{Moves} WHERE (m.from_account = @accountId OR m.to_account = @accountId) AND m.expires_at > @now ORDER BY m.provider",
            new { accountId, now = time.GetUtcNow() }), stop)).AsList();

    /// <summary>Runs <paramref name="work"/> while nobody else changes links.</summary>
    public async Task<T> ChangeAsync<T>(Func<DbTransaction, Task<T>> work, CancellationToken stop)
    {
        var result = await database.WriteAsync(async transaction =>
        {
            await LockAsync(transaction, stop);
            return await work(transaction);
        }, stop);
        told.Announce();
        return result;
    }

    /// <summary>
    /// Keeps others from changing links until the transaction ends. It comes before anything is written: whoever has it goes on to
    /// consents and grants.
    /// </summary>
    public Task LockAsync(DbTransaction transaction, CancellationToken stop) => database.SerializeAsync(transaction, "auth.links", stop);

    /// <summary>Whose an identity is; null when it is nobody's.</summary>
    public Task<Guid?> OwnerOfAsync(string provider, string subject, CancellationToken stop) =>
        database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Guid?>(
            "SELECT account_id FROM auth_link WHERE provider = @provider AND subject = @subject", new { provider, subject }), stop);

    public static Task<Link?> FindAsync(DbTransaction transaction, string provider, string subject) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<Link>(
            $"SELECT {LinkColumns} FROM auth_link WHERE provider = @provider AND subject = @subject", new { provider, subject }, transaction);

    public static Task<Link?> FindOfAsync(DbTransaction transaction, Guid accountId, string provider) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<Link>(
            $"SELECT {LinkColumns} FROM auth_link WHERE account_id = @accountId AND provider = @provider", new { accountId, provider }, transaction);

    /// <summary>A move that is not over, of an identity that <paramref name="fromAccount"/> has.</summary>
    public Task<Move?> FindMoveAsync(DbTransaction transaction, Guid fromAccount, string provider, string subject) =>
        transaction.Connection!.QuerySingleOrDefaultAsync<Move>(
            $"{Moves} WHERE m.provider = @provider AND m.subject = @subject AND m.from_account = @fromAccount AND m.expires_at > @now",
            new { provider, subject, fromAccount, now = time.GetUtcNow() }, transaction);

    public static Task EndMoveAsync(DbTransaction transaction, string provider, string subject) =>
        transaction.Connection!.ExecuteAsync(
            "DELETE FROM auth_link_move WHERE provider = @provider AND subject = @subject", new { provider, subject }, transaction);

    /// <summary>
    /// Takes the identity from its account. Apps that the account allowed on the strength of this identity lose that
    /// consent with it, which is how they learn that what hangs on it (a role) is to be taken away; those that could read the
    /// account's links until now are told of this one's end all the same.
    /// </summary>
    public async Task EndAsync(DbTransaction transaction, Link link, CancellationToken stop)
    {
        await transaction.Connection!.ExecuteAsync(
            "DELETE FROM auth_link WHERE provider = @Provider AND subject = @Subject", new { link.Provider, link.Subject }, transaction);
        List<string> knew = [];
        foreach (var client in await ClientsThroughAsync(transaction, link.AccountId, link.Provider, link.Subject))
        {
            if ((await consents.RevokeAsync(transaction, link.AccountId, client, stop)).Contains(KnownScopes.ReadLinks.Name))
                knew.Add(client);
        }

        await told.UnlinkedAsync(transaction, link.AccountId, link.Provider, knew);
    }

    /// <summary>The apps that have access to the account on the strength of this identity.</summary>
    public static async Task<IReadOnlyList<string>> ClientsThroughAsync(DbTransaction transaction, Guid accountId, string provider, string subject)
    {
        var granted = await transaction.Connection!.QueryAsync<Granted>("""
            SELECT client_id, authorization_details FROM auth_grant
            WHERE account_id = @accountId AND revoked_at IS NULL AND authorization_details IS NOT NULL
            """, new { accountId }, transaction);
        return [.. granted
            .Where(grant => AuthorizationDetails.Parse(grant.AuthorizationDetails)?.Link is { } named && named.Id == subject &&
                named.Provider.Equals(provider, StringComparison.OrdinalIgnoreCase))
            .Select(grant => grant.ClientId).Distinct().Order(StringComparer.Ordinal)];
    }

    private sealed record Granted(string ClientId, string AuthorizationDetails);
}
