using Dapper;
using Rally.Storage;

namespace Rally.Webhooks.Subscriptions;

/// <summary>Ends a subscription and forgets its dead letters.</summary>
internal sealed class RemoveEndpoint(Database database, EndpointChanges changes)
{
    public sealed record Request(string ClientId, Guid Id);

    /// <returns>False when there is none, or it is another client's.</returns>
    public async Task<bool> ExecuteAsync(Request request, CancellationToken stop)
    {
        var removed = await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM webhook_endpoint WHERE id = @Id AND client_id = @ClientId", request, transaction, cancellationToken: stop)), stop);
        if (removed == 0)
            return false;
        changes.Publish(request.Id);
        return true;
    }
}
