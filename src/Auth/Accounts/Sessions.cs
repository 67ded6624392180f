using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Options;
using Rally.Storage;

namespace Rally.Auth.Accounts;

/// <summary>The browsers that are signed in. A cookie is good only as long as its session is here.</summary>
internal sealed class Sessions(Database database, IOptions<AuthOptions> options, TimeProvider time)
{
    // A page in use says so once in a while, and not with each request.
    private static readonly TimeSpan Precision = TimeSpan.FromMinutes(5);

    /// <param name="Browser">For example <c>Firefox on Linux</c>.</param>
    /// <param name="Address">Where it was last used from; empty if unknown.</param>
    /// <param name="UsedAt">To some minutes.</param>
    internal sealed record Session(Guid Id, string Browser, string Address, DateTimeOffset CreatedAt, DateTimeOffset UsedAt);

    /// <summary>Adds a session, and forgets everybody's that their cookies have outlived.</summary>
    /// <returns>Its id.</returns>
    public Task<Guid> AddAsync(Guid accountId, string browser, string address, CancellationToken stop) =>
        database.WriteAsync(async transaction =>
        {
            var now = time.GetUtcNow();
            var id = Guid.CreateVersion7(now);
            await transaction.Connection!.ExecuteAsync("""
                DELETE FROM auth_session WHERE used_at < @ended;
                INSERT INTO auth_session (id, account_id, browser, address, created_at, used_at, proven_at)
                VALUES (@id, @accountId, @browser, @address, @now, @now, @now);
                """, new { ended = EndedBefore(now), id, accountId, browser, address, now }, transaction);
            return id;
        }, stop);

    /// <summary>Whose session it is, since when, when they last proved that, and that it is used now from this address; null when it has ended.</summary>
    public async Task<(Account Account, DateTimeOffset CreatedAt, DateTimeOffset ProvenAt)?> UseAsync(Guid id, string address, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var found = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Used>("""
            SELECT account_id, address, created_at, used_at, proven_at FROM auth_session WHERE id = @id AND used_at >= @ended
            """, new { id, ended = EndedBefore(now) }), stop);
        if (found is null)
            return null;
        if (found.Address != address || found.UsedAt < now - Precision)
        {
            await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
                "UPDATE auth_session SET used_at = @now, address = @address WHERE id = @id", new { now, address, id }, transaction), stop);
        }

        var account = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Account>(
            $"SELECT {AccountStore.Columns} FROM auth_account WHERE id = @AccountId AND blocked_at IS NULL", new { found.AccountId }), stop);
        return account is null ? null : (account, found.CreatedAt, found.ProvenAt);
    }

    /// <summary>Notes that the person has proven now to be the account's owner.</summary>
    public Task ProveAsync(Guid id, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_session SET proven_at = @now WHERE id = @id", new { now = time.GetUtcNow(), id }, transaction), stop);

    /// <summary>The account's sessions, the one used last before the others.</summary>
    public async Task<IReadOnlyList<Session>> OfAsync(Guid accountId, CancellationToken stop) =>
        [.. await database.ReadAsync(connection => connection.QueryAsync<Session>("""
            SELECT id, browser, address, created_at, used_at FROM auth_session
            WHERE account_id = @accountId AND used_at >= @ended ORDER BY used_at DESC, id DESC
            """, new { accountId, ended = EndedBefore(time.GetUtcNow()) }), stop)];

    public Task EndAsync(Guid accountId, Guid id, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "DELETE FROM auth_session WHERE account_id = @accountId AND id = @id", new { accountId, id }, transaction), stop);

    /// <summary>
    /// Ends all of an account's sessions but one, and gives the account a new security stamp, which the cookie of the one
    /// that stays must then carry.
    /// </summary>
    /// <param name="except">The one that stays; null for none.</param>
    public static Task EndAllAsync(DbTransaction transaction, Guid accountId, Guid? except) =>
        transaction.Connection!.ExecuteAsync("""
            DELETE FROM auth_session WHERE account_id = @accountId AND id <> @except;
            UPDATE auth_account SET security_stamp = @stamp WHERE id = @accountId;
            """, new { accountId, except = except ?? Guid.Empty, stamp = SecurityStamp.New() }, transaction);

    private DateTimeOffset EndedBefore(DateTimeOffset now) => now - options.Value.SessionIdleLifetime - Precision;

    private sealed record Used(Guid AccountId, string Address, DateTimeOffset CreatedAt, DateTimeOffset UsedAt, DateTimeOffset ProvenAt);
}
