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
    public async ValueTask<Message?> ExecuteAsync(DeliveryTarget target, WebhookEvent happened, CancellationToken stop) =>
        await BodyAsync(target.ClientId, target.Format, target.Coins, happened, stop) is { } body
            ? new(happened.MessageIdAt(target.EndpointId), happened.Type, happened.Position, body) { Change = happened.Change?.Number ?? 0 }
            : null;

    /// <param name="clientId">Who is told.</param>
    /// <param name="format">See <see cref="EventFormat"/>.</param>
    /// <param name="coins">The coins that were asked for; null for all.</param>
    /// <param name="happened">What.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Null when the client may not know of the event at all.</returns>
    public async ValueTask<byte[]?> BodyAsync(
        string clientId, string format, IReadOnlyList<string>? coins, WebhookEvent happened, CancellationToken stop)
    {
        if (happened.Change is { } change)
        {
            return StandardFormat.ConcernOf(change) is not { } concern || concern.Knew?.Contains(clientId) is true
                || await links.MayReadAsync(clientId, concern.Account, stop)
                ? happened.Body
                : null;
        }

        var told = happened.Happened is CoinEvent.Sent { Words: { } words } sent && (words.ShowsUserName || words.ShowsMemo)
            && await approvals.HasAsync(sent.Coin, clientId, stop)
            ? await TellAsync(sent, stop)
            : Told.Nothing;
        return BodyOf(format, coins, happened, told);
    }

    public static Message Heartbeat(DeliveryTarget target, long lastPosition, DateTimeOffset now) => new(
        $"msg_{target.EndpointId:N}_beat_{Guid.CreateVersion7(now):N}", EventType.Heartbeat, null, StandardFormat.HeartbeatBody(lastPosition, now));

    /// <summary>A message that says nothing but that it arrives.</summary>
    public static Message Test(DeliveryTarget target, DateTimeOffset now) => new(
        $"msg_{target.EndpointId:N}_test_{Guid.CreateVersion7(now):N}", EventType.Test, null,
        target.Format == EventFormat.Former ? FormerFormat.TestBody(now) : StandardFormat.TestBody(target.EndpointId, now));

    private static byte[] BodyOf(string format, IReadOnlyList<string>? coins, WebhookEvent happened, Told told) => (format, happened.Happened) switch
    {
        (EventFormat.Former, { } what) => FormerFormat.BodyOf(
            what, happened.Entry!.PostedAt, told, happened.Coins.FirstOrDefault(coin => coins is null || coins.Contains(coin)) ?? happened.Coins[0]),
        (_, { } what) when told != Told.Nothing => StandardFormat.BodyOf(what, happened.Entry!, told),
        _ => happened.Body,
    };

    private async Task<Told> TellAsync(CoinEvent.Sent sent, CancellationToken stop) => new(
        sent.Words.ShowsUserName ? await names.FindAsync(sent.From, stop) : null,
        sent.Words is { ShowsMemo: true, Note.Length: > 0 } ? sent.Words.Note : null,
        sent.Words is { ShowsMemo: true, Reference.Length: > 0 } ? sent.Words.Reference : null);
}
