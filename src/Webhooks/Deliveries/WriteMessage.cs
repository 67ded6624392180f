using Rally.Ledger.Events;
using Rally.Webhooks.Approvals;
using Rally.Webhooks.Events;

namespace Rally.Webhooks.Deliveries;

/// <summary>
/// Makes an endpoint's message of an event. What is private goes along as is allowed at this moment, so that an approval that was
/// withdrawn counts for what waits too: a repeated message may then say less than the first.
/// </summary>
internal sealed class WriteMessage(ReadApprovals approvals, IUserNames names, ILinkReaders links)
{
    /// <returns>Null when the endpoint's client may not know of the event at all.</returns>
    public async ValueTask<Message?> ExecuteAsync(DeliveryTarget target, WebhookEvent happened, CancellationToken stop)
    {
        var id = happened.MessageIdAt(target.EndpointId);
        if (happened.Change is { } change)
        {
            return change.Type != EventType.LinkChanged || await links.MayReadAsync(target.ClientId, StandardFormat.AccountOf(change), stop)
                ? new(id, happened.Type, happened.Position, happened.Body) { Change = change.Number }
                : null;
        }

        var told = happened.Happened is CoinEvent.Sent { Words: { } words } sent && (words.ShowsUserName || words.ShowsMemo)
            && await approvals.HasAsync(sent.Coin, target.ClientId, stop)
            ? await TellAsync(sent, stop)
            : Told.Nothing;
        return new(id, happened.Type, happened.Position, BodyOf(target, happened, told));
    }

    public static Message Heartbeat(DeliveryTarget target, long lastPosition, DateTimeOffset now) => new(
        $"msg_{target.EndpointId:N}_beat_{Guid.CreateVersion7(now):N}", EventType.Heartbeat, null, StandardFormat.HeartbeatBody(lastPosition, now));

    /// <summary>A message that says nothing but that it arrives.</summary>
    public static Message Test(DeliveryTarget target, DateTimeOffset now) => new(
        $"msg_{target.EndpointId:N}_test_{Guid.CreateVersion7(now):N}", EventType.Test, null,
        target.Format == EventFormat.Former ? FormerFormat.TestBody(now) : StandardFormat.TestBody(target.EndpointId, now));

    private static byte[] BodyOf(DeliveryTarget target, WebhookEvent happened, Told told) => (target.Format, happened.Happened) switch
    {
        (EventFormat.Former, { } what) => FormerFormat.BodyOf(
            what, happened.Entry!.PostedAt, told, happened.Coins.FirstOrDefault(coin => target.Coins is null || target.Coins.Contains(coin)) ?? happened.Coins[0]),
        (_, { } what) when told != Told.Nothing => StandardFormat.BodyOf(what, happened.Entry!, told),
        _ => happened.Body,
    };

    private async Task<Told> TellAsync(CoinEvent.Sent sent, CancellationToken stop) => new(
        sent.Words.ShowsUserName ? await names.FindAsync(sent.From, stop) : null,
        sent.Words is { ShowsMemo: true, Note.Length: > 0 } ? sent.Words.Note : null,
        sent.Words is { ShowsMemo: true, Reference.Length: > 0 } ? sent.Words.Reference : null);
}
