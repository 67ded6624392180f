using Dapper;
using Microsoft.Extensions.Options;
using Rally.Auth.Apps;
using Rally.Storage;

namespace Rally.Auth.Server.Devices;

/// <summary>Devices that wait for a person to allow them (RFC 8628).</summary>
internal sealed class DeviceRequests(
    Database database, ClientStore clients, AppGate gate, GrantStore grants, Consents consents, IOptions<AuthOptions> options, TimeProvider time)
{
    /// <summary>How many seconds a device leaves between two questions, until it is told to slow down.</summary>
    public const int PollSeconds = 5;

    private const int MostWrongCodes = 10;

    private static readonly TimeSpan WrongCodesWindow = TimeSpan.FromMinutes(10);

    /// <param name="Key">The hash of its device code.</param>
    internal sealed record Waiting(byte[] Key, string UserCode, Client Client, IReadOnlyList<string> Scopes);

    /// <returns>The code that the device keeps, and the one that it shows.</returns>
    public async Task<(string DeviceCode, string UserCode)> AddAsync(Client client, IReadOnlyList<string> scopes, CancellationToken stop)
    {
        while (true)
        {
            var (deviceCode, userCode) = (OpaqueToken.New(), UserCode.New());
            var added = await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
                INSERT INTO auth_device_code (hash, user_code, client_id, scope, state, poll_seconds, expires_at)
                VALUES (@hash, @userCode, @Id, @scope, @pending, @PollSeconds, @expiresAt)
                ON CONFLICT (user_code) DO NOTHING
                """,
                new
                {
                    hash = OpaqueToken.Hash(deviceCode),
                    userCode,
                    client.Id,
                    scope = Scope.Join(scopes),
                    pending = DeviceState.Pending,
                    PollSeconds,
                    expiresAt = time.GetUtcNow() + options.Value.DeviceCodeLifetime,
                }, transaction), stop);
            if (added == 1)
                return (deviceCode, userCode);
        }
    }

    /// <summary>Whether this person has typed so many wrong codes that no more are looked at for now.</summary>
    public async Task<bool> HasGuessedTooOftenAsync(Guid accountId, CancellationToken stop) =>
        await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<long?>(
            "SELECT wrong FROM auth_device_guess WHERE account_id = @accountId AND since > @windowStart",
            new { accountId, windowStart = time.GetUtcNow() - WrongCodesWindow }), stop) >= MostWrongCodes;

    /// <summary>The device that shows this code and still waits; null counts as a wrong code of this person's.</summary>
    public async Task<Waiting?> FindAsync(Guid accountId, string? userCode, CancellationToken stop)
    {
        var row = userCode is null ? null : await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>("""
            SELECT hash, client_id, scope FROM auth_device_code
            WHERE user_code = @userCode AND state = @pending AND expires_at > @now
            """, new { userCode, pending = DeviceState.Pending, now = time.GetUtcNow() }), stop);
        if (row is not null && await clients.FindAsync(row.ClientId, stop) is { } client && gate.FaultOf(client) is null)
            return new Waiting(row.Hash, userCode!, client, Scope.Split(row.Scope));
        await CountWrongCodeAsync(accountId, stop);
        return null;
    }

    /// <summary>Gives the device what it asked for.</summary>
    /// <returns>False when it waits no longer.</returns>
    public Task<bool> AllowAsync(Waiting device, Guid accountId, DateTimeOffset signedInAt, CancellationToken stop) =>
        database.WriteAsync(async transaction =>
        {
            if (!await EndWaitAsync(transaction, device, DeviceState.Allowed))
                return false;
            await consents.AddAsync(transaction, accountId, device.Client.Id, device.Scopes, stop);
            var grant = await grants.AddAsync(transaction, device.Client.Id, accountId, device.Scopes, signedInAt: signedInAt);
            await transaction.Connection!.ExecuteAsync(
                "UPDATE auth_device_code SET grant_id = @Id WHERE hash = @Key", new { grant.Id, device.Key }, transaction);
            return true;
        }, stop);

    public Task DenyAsync(Waiting device, CancellationToken stop) =>
        database.WriteAsync(transaction => EndWaitAsync(transaction, device, DeviceState.Denied), stop);

    private async Task<bool> EndWaitAsync(System.Data.Common.DbTransaction transaction, Waiting device, string state) =>
        await transaction.Connection!.ExecuteAsync("""
            UPDATE auth_device_code SET state = @state WHERE hash = @Key AND state = @pending AND expires_at > @now
            """, new { state, device.Key, pending = DeviceState.Pending, now = time.GetUtcNow() }, transaction) == 1;

    private Task<int> CountWrongCodeAsync(Guid accountId, CancellationToken stop) =>
        database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_device_guess (account_id, wrong, since) VALUES (@accountId, 1, @now)
            ON CONFLICT (account_id) DO UPDATE SET
              wrong = CASE WHEN auth_device_guess.since > @windowStart THEN auth_device_guess.wrong + 1 ELSE 1 END,
              since = CASE WHEN auth_device_guess.since > @windowStart THEN auth_device_guess.since ELSE excluded.since END
            """, new { accountId, now = time.GetUtcNow(), windowStart = time.GetUtcNow() - WrongCodesWindow }, transaction), stop);

    private sealed record Row(byte[] Hash, string ClientId, string Scope);
}

/// <summary>What became of a device's request.</summary>
internal static class DeviceState
{
    public const string Pending = "pending";
    public const string Allowed = "allowed";
    public const string Denied = "denied";

    /// <summary>Its tokens were issued.</summary>
    public const string Used = "used";
}
