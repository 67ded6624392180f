using Dapper;
using Microsoft.Extensions.Logging;
using Rally.Storage;

namespace Rally.Webhooks.Subscriptions;

/// <summary>
/// Tells owners of endpoints that were disabled, and of those that have failed for a day. It goes by what is stored, and notes in the
/// transaction that adds the message of which disabling, or failing, it tells: so each is told once, whatever stops in between, and
/// whichever of several processes looks first.
/// </summary>
internal sealed partial class TellOwners(Database database, IEndpointOwners owners, TimeProvider time, ILogger<TellOwners> log)
{
    /// <summary>How long an endpoint fails before its owner is warned; after five days it is disabled.</summary>
    public static readonly TimeSpan WarnAfter = TimeSpan.FromDays(1);

    /// <returns>How many messages were added.</returns>
    public async Task<int> RunOnceAsync(CancellationToken stop)
    {
        if (owners is NoOwners)
            return 0;
        var due = (await database.ReadAsync(connection => connection.QueryAsync<Endpoint>(new CommandDefinition($"""
            SELECT {Endpoint.Columns} FROM webhook_endpoint
            WHERE (disabled_at IS NOT NULL AND disabled_reason <> @ByItsOwner AND (told_of IS NULL OR told_of <> disabled_at))
               OR (disabled_at IS NULL AND failing_since <= @before AND (warned_of IS NULL OR warned_of <> failing_since))
            ORDER BY id
            """, new { ChangeEndpoint.ByItsOwner, before = time.GetUtcNow() - WarnAfter }, cancellationToken: stop)), stop)).AsList();
        var told = 0;
        foreach (var endpoint in due)
            told += await TellAsync(endpoint, stop) ? 1 : 0;
        if (told > 0)
            owners.Wake();
        return told;
    }

    private async Task<bool> TellAsync(Endpoint endpoint, CancellationToken stop)
    {
        try
        {
            return await AddAsync(endpoint, stop);
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            // It must not keep others from being told, and its own turn comes again.
            LogNotTold(fault, endpoint.Id);
            return false;
        }
    }

    private Task<bool> AddAsync(Endpoint endpoint, CancellationToken stop) => database.WriteAsync(async transaction =>
    {
        var column = endpoint.DisabledAt is null ? "warned_of" : "told_of";
        // Enabled, mended or told by another process meanwhile, there is nothing to tell.
        var isDue = await transaction.Connection!.ExecuteAsync(new CommandDefinition($"""
            UPDATE webhook_endpoint SET {column} = @of
            WHERE id = @Id AND {(endpoint.DisabledAt is null ? "disabled_at IS NULL AND failing_since" : "disabled_at")} = @of
              AND ({column} IS NULL OR {column} <> @of)
            """, new { of = endpoint.DisabledAt ?? endpoint.FailingSince, endpoint.Id }, transaction, cancellationToken: stop)) == 1;
        if (isDue)
            await owners.AddAsync(transaction, OwnerLetters.Of(endpoint), stop);
        return isDue;
    }, stop);

    [LoggerMessage(LogLevel.Error, "The owner of webhook endpoint {Endpoint} cannot be told of its failures; trying again")]
    private partial void LogNotTold(Exception fault, Guid endpoint);
}
