using Dapper;
using Rally.Storage;

namespace Rally.Webhooks.Approvals;

/// <summary>A coin's creator lets an app know nothing private any more: from the next attempt on, at events from before too.</summary>
internal sealed class WithdrawApproval(Database database)
{
    /// <param name="coin">The coin's symbol, in upper case; that the caller is its creator is checked before.</param>
    /// <param name="clientId">The app.</param>
    /// <param name="stop">Ends it.</param>
    public Task ExecuteAsync(string coin, string clientId, CancellationToken stop) => database.WriteAsync(
        transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition(
            "DELETE FROM webhook_approval WHERE coin = @coin AND client_id = @clientId", new { coin, clientId }, transaction, cancellationToken: stop)), stop);
}
