using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Logging;
using Rally.Auth.Server.Dpop;
using Rally.Storage;

namespace Rally.Auth.Server.Devices;

/// <summary>Answers a device that asks whether it was allowed (RFC 8628, 3.4 and 3.5), and gives it tokens once.</summary>
internal sealed class RedeemDeviceCode(Database database, GrantStore grants, TimeProvider time, ILogger<RedeemDeviceCode> log)
{
    private const int SlowDownSeconds = 5;

    // Questions sent at the right intervals arrive at others.
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(1);

    private static readonly TokenOutcome.Refused Unknown =
        new(OAuthError.InvalidGrant("The device code is unknown, used, revoked, or another client's."));

    public async Task<TokenOutcome> ExecuteAsync(Client client, Parameters form, DpopKey? key, CancellationToken stop)
    {
        if (form["device_code"] is not { } code)
            return new TokenOutcome.Refused(OAuthError.InvalidRequest("device_code is required."));
        if (OpaqueToken.Hash(code) is not { } hash)
            return Unknown;
        return await database.WriteTogetherAsync(transaction => AnswerAsync(transaction, client, hash, key, stop), stop);
    }

    private async Task<TokenOutcome> AnswerAsync(DbTransaction transaction, Client client, byte[] hash, DpopKey? key, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>(
            "SELECT client_id, state, poll_seconds, polled_at, expires_at FROM auth_device_code WHERE hash = @hash", new { hash }, transaction);
        if (row is null || row.ClientId != client.Id)
            return Unknown;
        if (row.State == DeviceState.Used)
            return await IssueAsync(transaction, client, hash, key, stop);
        if (row.ExpiresAt <= now)
            return new TokenOutcome.Refused(new("expired_token", "Nobody allowed the device in time; begin again."));
        if (row.State == DeviceState.Denied)
            return new TokenOutcome.Refused(OAuthError.AccessDenied);
        if (row.State == DeviceState.Allowed)
            return await IssueAsync(transaction, client, hash, key, stop);

        var tooSoon = row.PolledAt is { } polledAt && now - polledAt < TimeSpan.FromSeconds(row.PollSeconds) - Jitter;
        await transaction.Connection!.ExecuteAsync(
            "UPDATE auth_device_code SET polled_at = @now, poll_seconds = poll_seconds + @more WHERE hash = @hash",
            new { now, more = (long)(tooSoon ? SlowDownSeconds : 0), hash }, transaction);
        return new TokenOutcome.Refused(tooSoon
            ? new("slow_down", "Wait five seconds more between two requests from now on.")
            : new("authorization_pending", "Nobody has allowed the device yet."));
    }

    private async Task<TokenOutcome> IssueAsync(DbTransaction transaction, Client client, byte[] hash, DpopKey? key, CancellationToken stop)
    {
        // Of two requests at once, on whatever processes, the second finds the code used before it holds the grant.
        await database.SerializeAsync(transaction, $"auth.device-code.{Convert.ToHexStringLower(hash)}", stop);
        var row = await transaction.Connection!.QuerySingleOrDefaultAsync<GrantRow>("""
            SELECT g.id, g.account_id, g.scope, g.signed_in_at, g.revoked_at, d.state
            FROM auth_device_code d JOIN auth_grant g ON g.id = d.grant_id WHERE d.hash = @hash
            """, new { hash }, transaction);
        if (row is null || row.RevokedAt is not null)
            return Unknown;
        if (row.State == DeviceState.Used)
        {
            await grants.RevokeAsync(transaction, row.Id);
            log.LogWarning("A device code of client {Client} was used twice; grant {Grant} is revoked.", client.Id, row.Id);
            return Unknown;
        }

        var refreshToken = client.MayUse(GrantType.RefreshToken) ? OpaqueToken.New(time.GetUtcNow()) : null;
        if (!await grants.HoldAsync(transaction, row.Id, refreshToken))
            return Unknown;
        // The lock has kept every other use out; should it ever not have, nothing of this one may come to be.
        var claimed = await transaction.Connection!.ExecuteAsync(
            "UPDATE auth_device_code SET state = @used WHERE hash = @hash AND state = @allowed",
            new { used = DeviceState.Used, allowed = DeviceState.Allowed, hash }, transaction);
        if (claimed != 1)
            throw new InvalidOperationException("A device's code was used beside the lock that keeps others from using it.");
        var grant = new Grant(row.Id, client.Id, row.AccountId, row.Scope, AuthorizationDetails: null, row.SignedInAt);
        return new TokenOutcome.Issued(await grants.IssueAsync(transaction, grant, grant.Scope, refreshToken, key), grant);
    }

    private sealed record Row(string ClientId, string State, long PollSeconds, DateTimeOffset? PolledAt, DateTimeOffset ExpiresAt);

    private sealed record GrantRow(Guid Id, Guid AccountId, string Scope, DateTimeOffset? SignedInAt, DateTimeOffset? RevokedAt, string State);
}
