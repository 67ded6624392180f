using System.Diagnostics;
using System.Text.Json;
using Rally.Ledger.Events;
using Rally.Ledger.Journal;
using Rally.Storage.Changes;

namespace Rally.Webhooks.Events;

/// <summary>Bodies of the standard format.</summary>
internal static class StandardFormat
{
    // Without the note: it is between the two, and an endpoint hears of everybody's transfers.
    public static byte[] BodyOf(TransferPosted entry) => Write(new TransferPostedEvent(EventType.TransferPosted, entry.PostedAt, new(
        entry.Position, entry.Id, entry.Coin, entry.Kind, entry.DebitHolder, entry.CreditHolder, entry.Amount, entry.PostedAt)));

    public static byte[] BodyOf(CoinEvent happened, TransferPosted entry, Told told) => happened switch
    {
        CoinEvent.Purchase bought => Write(new PurchaseEvent(EventType.Purchase, entry.PostedAt, new(
            entry.Position, bought.Id, bought.Coin, bought.Account, bought.Amount, bought.Rly, bought.Price, bought.UsdCents))),
        CoinEvent.Redemption sold => Write(new RedemptionEvent(EventType.Redemption, entry.PostedAt, new(
            entry.Position, sold.Id, sold.Coin, sold.Account, sold.Amount, sold.Rly, sold.Fee, sold.Price, sold.UsdCents))),
        CoinEvent.Conversion turned => Write(new ConvertEvent(EventType.Convert, entry.PostedAt, new(
            entry.Position, turned.Id, turned.Account, turned.FromCoin, turned.FromAmount, turned.FromPrice, turned.ToCoin, turned.ToAmount,
            turned.ToPrice, turned.Rly, turned.Fee, turned.UsdCents))),
        CoinEvent.Sent { IsDonation: true } sent => Write(new DonationEvent(EventType.Donation, entry.PostedAt, DataOf(sent, entry, told))),
        CoinEvent.Sent sent => Write(new TransferEvent(EventType.Transfer, entry.PostedAt, DataOf(sent, entry, told))),
        _ => throw new UnreachableException($"{happened}"),
    };

    /// <summary>A change as its module wrote it, in the shape that is published.</summary>
    public static byte[] BodyOf(Change change) => change.Type switch
    {
        EventType.CoinStatus => Write(new CoinStatusEvent(change.Type, change.At, Read<CoinStatusData>(change))),
        EventType.LinkChanged => Write(new LinkChangedEvent(change.Type, change.At, Read<LinkChangedData>(change))),
        EventType.TierChanged => Write(new TierChangedEvent(change.Type, change.At, Read<TierChangedData>(change))),
        _ => throw new UnreachableException($"{change}"),
    };

    /// <summary>Who is told of a change: everybody, or who may know an account's links.</summary>
    /// <param name="change">From the outbox.</param>
    /// <returns>Null for everybody.</returns>
    public static Concern? ConcernOf(Change change) => change.Type is EventType.LinkChanged or EventType.TierChanged ? Read<Concern>(change) : null;

    public static byte[] HeartbeatBody(long lastPosition, DateTimeOffset now) => Write(new HeartbeatEvent(EventType.Heartbeat, now, new(lastPosition)));

    public static byte[] TestBody(Guid endpointId, DateTimeOffset now) => Write(new TestEvent(EventType.Test, now, new(endpointId)));

    private static SentData DataOf(CoinEvent.Sent sent, TransferPosted entry, Told told) => new(
        entry.Position, sent.Id, sent.Coin, sent.From, sent.To, sent.Amount, sent.Price, sent.UsdCents, told.UserName, told.Memo, told.Reference);

    private static T Read<T>(Change change) => JsonSerializer.Deserialize<T>(change.Data, JsonSerializerOptions.Web)!;

    private static byte[] Write<T>(T body) => JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web);

    /// <param name="Account">Whose links must be known to whoever is told.</param>
    /// <param name="Knew">Apps that are told though they may know them no more; null for none.</param>
    public sealed record Concern(Guid Account, IReadOnlyList<string>? Knew);
}
