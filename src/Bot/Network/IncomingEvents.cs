using System.Data.Common;
using System.Text.Json;
using Dapper;
using Rally.Bot.Roles;
using Rally.Webhooks.Incoming;
using Rally.Webhooks.Signing;

namespace Rally.Bot.Network;

/// <summary>
/// Takes the network's signed events. An event only marks members: it is answered once the marks are durable, and what
/// they lead to happens after.
/// </summary>
internal sealed class IncomingEvents(
    WebhookSubscription subscription, DirtyMembers dirty, NetworkLife life, TimeProvider time, ILogger<IncomingEvents> log)
{
    // The receiver's five minutes either way, and a sender's days of attempts.
    private static readonly TimeSpan KeepIds = TimeSpan.FromDays(7);
    private DateTimeOffset _prunedAt = DateTimeOffset.MinValue;

    public async Task<IResult> ReceiveAsync(HttpRequest request, CancellationToken stop)
    {
        if (subscription.Secret is not { } secret)
        {
            request.HttpContext.Response.Headers.RetryAfter = "1";
            return Results.Problem("The bot is starting and does not know its signing secret yet.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var receiver = new WebhookReceiver([WebhookSecret.Parse(secret)], time);
        switch (await receiver.ReceiveAsync(request, stop))
        {
            case WebhookReceipt.Accepted accepted:
                return await HandleAsync(accepted, stop);
            case WebhookReceipt.Refused refused:
                log.LogWarning("A webhook was refused: {Reason}", refused.Reason);
                if (refused.Reason == WebhookRefusal.BadSignature)
                    subscription.Doubt();
                return Results.Problem(
                    $"The message is not to be believed: {refused.Reason}.",
                    statusCode: refused.Reason == WebhookRefusal.TooLarge ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status401Unauthorized);
            case var other:
                throw new InvalidOperationException($"{other}");
        }
    }

    private async Task<IResult> HandleAsync(WebhookReceipt.Accepted accepted, CancellationToken stop)
    {
        CoinEvent? coinEvent;
        try
        {
            coinEvent = JsonSerializer.Deserialize<CoinEvent>(accepted.Body.Span, JsonSerializerOptions.Web);
        }
        catch (JsonException wrong)
        {
            log.LogError(wrong, "Event {Id} is signed by the network, and not of a form this bot knows", accepted.Id);
            return Results.Problem("The body is not an event this bot knows.", statusCode: StatusCodes.Status400BadRequest);
        }

        // Whatever else it is, it is a sign of life.
        var transfer = coinEvent is { Type: "transfer.posted", Data: { } data } ? data : null;
        await dirty.InTransactionAsync(transaction => TakeAsync(transaction, accepted.Id, transfer), stop);
        await PruneAsync(stop);
        return Results.NoContent();
    }

    private async Task<bool> TakeAsync(DbTransaction transaction, string id, LoggedTransfer? transfer)
    {
        await life.HeardAsync(transaction, transfer?.Position);
        if (transfer is null)
            return false;
        var isNew = await transaction.Connection!.ExecuteAsync(
            "INSERT INTO bot_webhook_seen (id, seen_at) VALUES (@id, @now) ON CONFLICT (id) DO NOTHING",
            new { id, now = time.GetUtcNow() }, transaction) > 0;
        if (isNew)
            await CatchUp.MarkAsync(transaction, dirty, transfer);
        return isNew;
    }

    private async Task PruneAsync(CancellationToken stop)
    {
        var now = time.GetUtcNow();
        if (now - _prunedAt < TimeSpan.FromHours(1))
            return;
        _prunedAt = now;
        await dirty.InTransactionAsync(transaction => transaction.Connection!.ExecuteAsync(
            "DELETE FROM bot_webhook_seen WHERE seen_at < @before", new { before = now - KeepIds }, transaction), stop);
    }

    private sealed record CoinEvent(string Type, LoggedTransfer? Data);
}
