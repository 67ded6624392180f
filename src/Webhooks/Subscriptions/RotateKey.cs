using Dapper;
using Rally.Storage;
using Rally.Webhooks.Signing;

namespace Rally.Webhooks.Subscriptions;

/// <summary>
/// Gives an endpoint another key of a kind, or its first. The one before signs as well until the overlap is over, so that the
/// receiver can change keys without missing a message; one that was old already ends at once.
/// </summary>
internal sealed class RotateKey(Database database, SecretVault vault, EndpointChanges changes, TimeProvider time)
{
    public static readonly TimeSpan DefaultOverlap = TimeSpan.FromDays(1);
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(7);

    /// <param name="ClientId">Who asks.</param>
    /// <param name="EndpointId">Which endpoint.</param>
    /// <param name="Kind">See <see cref="EndpointKey"/>.</param>
    /// <param name="OverlapSeconds">How long the old one signs as well; 0 ends it at once.</param>
    public sealed record Request(string ClientId, Guid EndpointId, string? Kind, long? OverlapSeconds);

    public abstract record Result
    {
        /// <summary>Made; the one time a secret is seen.</summary>
        /// <param name="Secret">Of a key with a secret, else null.</param>
        /// <param name="PublicKey">Of a key pair, else null.</param>
        /// <param name="OldEndsAt">Until when the old one signs.</param>
        public sealed record Rotated(WebhookSecret? Secret, WebhookPublicKey? PublicKey, DateTimeOffset OldEndsAt) : Result;

        public sealed record Invalid(string Reason) : Result;

        /// <summary>There is no such endpoint, or it is another client's.</summary>
        public sealed record NotFound : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        if (request.Kind is not (EndpointKey.Symmetric or EndpointKey.Asymmetric))
            return new Result.Invalid($"kind must be {EndpointKey.Symmetric} or {EndpointKey.Asymmetric}.");
        var overlapSeconds = request.OverlapSeconds ?? (long)DefaultOverlap.TotalSeconds;
        if (overlapSeconds < 0 || overlapSeconds > (long)LongestOverlap.TotalSeconds)
            return new Result.Invalid($"overlapSeconds must be from 0 to {LongestOverlap.TotalSeconds:0}.");

        var now = time.GetUtcNow();
        var oldEndsAt = now.AddSeconds(overlapSeconds);
        var made = NewKey.OfKind(request.Kind, request.EndpointId, vault, now);
        var isRotated = await database.WriteAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, "webhooks.endpoints", stop);
            var connection = transaction.Connection!;
            var isThere = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT COUNT(*) FROM webhook_endpoint WHERE id = @EndpointId AND client_id = @ClientId", request, transaction, cancellationToken: stop));
            if (isThere == 0)
                return false;
            await connection.ExecuteAsync(new CommandDefinition("""
                DELETE FROM webhook_key WHERE endpoint_id = @EndpointId AND kind = @Kind AND (ends_at IS NOT NULL OR @oldEndsAt <= @now);
                UPDATE webhook_key SET ends_at = @oldEndsAt WHERE endpoint_id = @EndpointId AND kind = @Kind
                """, new { request.EndpointId, request.Kind, oldEndsAt, now }, transaction, cancellationToken: stop));
            await EndpointKey.AddAsync(transaction, made.Row);
            return true;
        }, stop);
        if (!isRotated)
            return new Result.NotFound();
        changes.Publish(request.EndpointId);
        return new Result.Rotated(made.Secret, made.PublicKey, oldEndsAt);
    }
}
