using Dapper;
using Rally.Storage;
using Rally.Webhooks.Events;

namespace Rally.Webhooks.Subscriptions;

/// <summary>
/// Changes an endpoint. Whatever is changed, its failures so far are forgotten and it is tried again at once, from
/// the position it had reached.
/// </summary>
internal sealed class ChangeEndpoint(Database database, EndpointRules rules, SecretVault vault, EndpointChanges changes, TimeProvider time)
{
    /// <summary>Why an endpoint is disabled that its owner has disabled.</summary>
    public const string ByItsOwner = "by its owner";

    /// <param name="ClientId">Who asks.</param>
    /// <param name="Id">Which endpoint.</param>
    /// <param name="Url">Null: as before.</param>
    /// <param name="Events">Null: as before.</param>
    /// <param name="CoinsGiven">Whether <paramref name="Coins"/> counts.</param>
    /// <param name="Coins">Null: all coins.</param>
    /// <param name="Enabled">Null: as before.</param>
    public sealed record Request(
        string ClientId, Guid Id, string? Url, IReadOnlyList<string>? Events, bool CoinsGiven, IReadOnlyList<string>? Coins, bool? Enabled)
    {
        /// <summary>To be sent along, instead of those before; null: as before.</summary>
        public IReadOnlyDictionary<string, string>? Headers { get; init; }

        /// <summary>Whether <see cref="PerSecond"/> counts.</summary>
        public bool PerSecondGiven { get; init; }

        /// <summary>At most so many messages a second; null for no limit.</summary>
        public long? PerSecond { get; init; }
    }

    public abstract record Result
    {
        public sealed record Changed : Result;

        public sealed record Invalid(string Reason) : Result;

        /// <summary>There is none, or another client's.</summary>
        public sealed record NotFound : Result;
    }

    public async Task<Result> ExecuteAsync(Request request, CancellationToken stop)
    {
        var wrong = (request.Url is null ? null : rules.WrongUrl(request.Url))
            ?? (request.Events is null ? null : EndpointRules.WrongEvents(request.Events, await FormatAsync(request, stop)))
            ?? EndpointRules.WrongCoins(request.Coins)
            ?? EndpointRules.WrongHeaders(request.Headers)
            ?? EndpointRules.WrongPerSecond(request.PerSecond);
        if (wrong is not null)
            return new Result.Invalid(wrong);

        var changed = await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            UPDATE webhook_endpoint SET
              url             = COALESCE(@Url, url),
              events          = COALESCE(@events, events),
              coins           = CASE WHEN @coinsGiven = 1 THEN @coins ELSE coins END,
              headers         = CASE WHEN @headersGiven = 1 THEN @headers ELSE headers END,
              per_second      = CASE WHEN @perSecondGiven = 1 THEN @PerSecond ELSE per_second END,
              disabled_at     = CASE WHEN @enable = 1 THEN NULL WHEN @disable = 1 THEN COALESCE(disabled_at, @now) ELSE disabled_at END,
              disabled_reason = CASE WHEN @enable = 1 THEN NULL WHEN @disable = 1 THEN COALESCE(disabled_reason, @ByItsOwner) ELSE disabled_reason END,
              attempts        = 0,
              next_attempt_at = NULL,
              failing_since   = NULL,
              last_failure    = NULL,
              revision        = revision + 1
            WHERE id = @Id AND client_id = @ClientId
            """, new
        {
            request.Id,
            request.ClientId,
            ByItsOwner,
            request.Url,
            events = request.Events is null ? null : EndpointRules.Join(request.Events),
            coinsGiven = request.CoinsGiven ? 1L : 0L,
            coins = EndpointRules.JoinCoins(request.Coins),
            headersGiven = request.Headers is null ? 0L : 1L,
            headers = vault.Seal(request.Headers),
            perSecondGiven = request.PerSecondGiven ? 1L : 0L,
            request.PerSecond,
            enable = request.Enabled is true ? 1L : 0L,
            disable = request.Enabled is false ? 1L : 0L,
            now = time.GetUtcNow(),
        }, transaction, cancellationToken: stop)), stop);
        if (changed == 0)
            return new Result.NotFound();
        changes.Publish(request.Id);
        return new Result.Changed();
    }

    // A format stays what it was at the beginning.
    private async Task<string> FormatAsync(Request request, CancellationToken stop) =>
        await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            "SELECT format FROM webhook_endpoint WHERE id = @Id AND client_id = @ClientId", request, cancellationToken: stop)), stop) ?? EventFormat.Standard;
}
