using Dapper;
using Rally.Storage;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Approvals;

/// <summary>
/// A coin's creator lets an app know what is private about the coin's transfers: names, notes and references, each as far as its
/// sender shows it.
/// </summary>
internal sealed class ApproveApp(Database database, SubscriberStates subscribers, TimeProvider time)
{
    /// <summary>Apps that one coin may have approved.</summary>
    public const int Most = 100;

    /// <param name="Coin">The coin's symbol, in upper case; that the caller is its creator is checked before.</param>
    /// <param name="ClientId">The app.</param>
    public sealed record Request(string Coin, string ClientId);

    public enum Result
    {
        /// <summary>From now on, or before already.</summary>
        Approved,

        UnknownApp,

        TooMany,
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        if (await subscribers.FindAsync(request.ClientId, stop) == SubscriberState.Gone)
            return Result.UnknownApp;
        return await database.WriteAsync(async transaction =>
        {
            // Otherwise two at once could both count one too few.
            await database.SerializeAsync(transaction, "webhooks.approvals", stop);
            await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
                INSERT INTO webhook_approval (coin, client_id, approved_at)
                SELECT @Coin, @ClientId, @now
                WHERE (SELECT count(*) FROM webhook_approval WHERE coin = @Coin) < @most
                ON CONFLICT (coin, client_id) DO NOTHING
                """, new { request.Coin, request.ClientId, now = time.GetUtcNow(), most = (long)Most }, transaction, cancellationToken: stop));
            return await ReadApprovals.HasAsync(transaction.Connection!, transaction, request.Coin, request.ClientId, stop) ? Result.Approved : Result.TooMany;
        }, stop);
    }
}
