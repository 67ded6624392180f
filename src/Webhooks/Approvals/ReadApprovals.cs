using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Webhooks.Approvals;

/// <summary>Looks up which apps may know what is private about which coins' transfers.</summary>
internal sealed class ReadApprovals(Database database)
{
    /// <param name="ClientId">The app.</param>
    /// <param name="ApprovedAt">Since when.</param>
    public sealed record Approved(string ClientId, DateTimeOffset ApprovedAt);

    public async Task<IReadOnlyList<Approved>> OfCoinAsync(string coin, CancellationToken stop) =>
        await database.ReadAsync(async connection => (await connection.QueryAsync<Approved>(new CommandDefinition(
            "SELECT client_id, approved_at FROM webhook_approval WHERE coin = @coin ORDER BY client_id", new { coin }, cancellationToken: stop))).AsList(), stop);

    /// <returns>The symbols of the coins whose creators have approved an app.</returns>
    public async Task<IReadOnlyList<string>> OfClientAsync(string clientId, CancellationToken stop) =>
        await database.ReadAsync(async connection => (await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT coin FROM webhook_approval WHERE client_id = @clientId ORDER BY coin", new { clientId }, cancellationToken: stop))).AsList(), stop);

    public Task<bool> HasAsync(string coin, string clientId, CancellationToken stop) =>
        database.ReadAsync(connection => HasAsync(connection, null, coin, clientId, stop), stop);

    internal static async Task<bool> HasAsync(DbConnection connection, DbTransaction? transaction, string coin, string clientId, CancellationToken stop) =>
        await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT count(*) FROM webhook_approval WHERE coin = @coin AND client_id = @clientId", new { coin, clientId }, transaction, cancellationToken: stop)) > 0;
}
