using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Rally.Ledger.Amounts;

namespace Rally.Webhooks.Events;

// The bodies of the standard format, version 1, which the API's document describes by these very types. A member may be added, and
// nothing else may change: another shape of an event gets another version.

/// <summary>Says which version of its schema a body has.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class EventBodyAttribute(string type, string summary) : Attribute
{
    public const int Version = 1;

    /// <summary>The event's, after that of the format where that is not the standard one.</summary>
    public string Type => type;

    public string Summary => summary;

    /// <summary>When an event of this type comes, in the standard format's words.</summary>
    public static string SummaryOf(string eventType) => Summaries[eventType];

    private static readonly Dictionary<string, string> Summaries = typeof(EventBodyAttribute).Assembly.GetTypes()
        .SelectMany(body => body.GetCustomAttributes<EventBodyAttribute>()).ToDictionary(one => one.Type, one => one.Summary);
}

[EventBody(EventType.TransferPosted, "An entry of the log, whatever it stands for.")]
internal sealed record TransferPostedEvent([property: AllowedValues(EventType.TransferPosted)] string Type, DateTimeOffset Timestamp, TransferPostedData Data);

[EventBody(EventType.Purchase, "Somebody bought a coin from its curve.")]
internal sealed record PurchaseEvent([property: AllowedValues(EventType.Purchase)] string Type, DateTimeOffset Timestamp, PurchaseData Data);

[EventBody(EventType.Redemption, "Somebody sold a coin to its curve.")]
internal sealed record RedemptionEvent([property: AllowedValues(EventType.Redemption)] string Type, DateTimeOffset Timestamp, RedemptionData Data);

[EventBody(EventType.Convert, "Somebody sold one coin and bought another with what that brought.")]
internal sealed record ConvertEvent([property: AllowedValues(EventType.Convert)] string Type, DateTimeOffset Timestamp, ConvertData Data);

[EventBody(EventType.Donation, "Somebody sent a coin to its creator.")]
internal sealed record DonationEvent([property: AllowedValues(EventType.Donation)] string Type, DateTimeOffset Timestamp, SentData Data);

[EventBody(EventType.Transfer, "Somebody sent a coin to somebody else.")]
internal sealed record TransferEvent([property: AllowedValues(EventType.Transfer)] string Type, DateTimeOffset Timestamp, SentData Data);

[EventBody(EventType.CoinStatus, "The operator suspended a coin, or lets it go on.")]
internal sealed record CoinStatusEvent([property: AllowedValues(EventType.CoinStatus)] string Type, DateTimeOffset Timestamp, CoinStatusData Data);

[EventBody(EventType.LinkChanged, "An account was linked with one elsewhere, or no longer is.")]
internal sealed record LinkChangedEvent([property: AllowedValues(EventType.LinkChanged)] string Type, DateTimeOffset Timestamp, LinkChangedData Data);

[EventBody(EventType.TierChanged, "Somebody gained or lost a role by what they hold.")]
internal sealed record TierChangedEvent([property: AllowedValues(EventType.TierChanged)] string Type, DateTimeOffset Timestamp, TierChangedData Data);

[EventBody(EventType.Heartbeat, "Nothing that the endpoint asked for happened for a while.")]
internal sealed record HeartbeatEvent([property: AllowedValues(EventType.Heartbeat)] string Type, DateTimeOffset Timestamp, HeartbeatData Data);

internal sealed record CoinStatusData(string Coin, [property: AllowedValues("suspended", "resumed")] string Status);

internal sealed record LinkChangedData(
    [property: Description("The account in this network; who it is elsewhere is not told.")] Guid Account,
    [property: Description("Where the other account is.")] string Platform,
    [property: AllowedValues("linked", "unlinked", "moved"), Description("moved: it was another account's before, which is told unlinked.")] string Change);

internal sealed record TierChangedData(
    [property: Description("The coin that opens the role.")] string Coin,
    [property: Description("The account in this network; who it is elsewhere is not told.")] Guid Account,
    [property: Description("Where the role is.")] string Platform,
    [property: Description("The id of the server there.")] string Place,
    [property: Description("The id of the role there.")] string Role,
    [property: AllowedValues("gained", "lost")] string Change,
    [property: Description("When, by the clock of who gives the role.")] DateTimeOffset HappenedAt);

internal sealed record HeartbeatData([property: Description("The log's last position: up to it the endpoint was sent all that it asked for.")] long LastPosition);

[EventBody(EventType.Test, "Sent because the endpoint's owner asks for it.")]
internal sealed record TestEvent([property: AllowedValues(EventType.Test)] string Type, DateTimeOffset Timestamp, TestData Data);

internal sealed record TestData([property: Description("The endpoint.")] Guid Endpoint);

internal sealed record TransferPostedData(
    [property: Description("The entry's place in the log.")] long Position,
    Guid Id,
    string Coin,
    string Kind,
    [property: Description("Null for an account of the system.")] Guid? From,
    [property: Description("Null for an account of the system.")] Guid? To,
    Amount Amount,
    DateTimeOffset PostedAt);

internal sealed record PurchaseData(
    [property: Description("The place in the log of the coin's own entry.")] long Position,
    [property: Description("Of the trade.")] Guid Id,
    string Coin,
    [property: Description("Who bought.")] Guid Account,
    [property: Description("Coins bought.")] Amount Amount,
    [property: Description("RLY paid.")] Amount Rly,
    [property: Description("RLY for one coin after it.")] Amount Price,
    [property: Description("What was paid, at the price of RLY recorded then; null without one, or with only a stale one.")] long? UsdCents);

internal sealed record RedemptionData(
    [property: Description("The place in the log of the coin's own entry.")] long Position,
    [property: Description("Of the trade.")] Guid Id,
    string Coin,
    [property: Description("Who sold.")] Guid Account,
    [property: Description("Coins sold.")] Amount Amount,
    [property: Description("RLY that they brought, the fee included.")] Amount Rly,
    [property: Description("Of that, the creator's.")] Amount Fee,
    [property: Description("RLY for one coin after it.")] Amount Price,
    [property: Description("What they brought, the fee included, at the price of RLY recorded then; null without one, or with only a stale one.")] long? UsdCents);

internal sealed record ConvertData(
    [property: Description("The place in the log of the first entry.")] long Position,
    [property: Description("Of the trade.")] Guid Id,
    [property: Description("Whose coins.")] Guid Account,
    string FromCoin,
    Amount FromAmount,
    [property: Description("RLY for one of the coin given, after it.")] Amount FromPrice,
    string ToCoin,
    Amount ToAmount,
    [property: Description("RLY for one of the coin got, after it.")] Amount ToPrice,
    [property: Description("RLY that the coins given brought, the fee included.")] Amount Rly,
    [property: Description("Of that, the creator's whose coin was given.")] Amount Fee,
    [property: Description("What they brought, the fee included, at the price of RLY recorded then; null without one, or with only a stale one.")] long? UsdCents);

internal sealed record SentData(
    [property: Description("The place in the log.")] long Position,
    [property: Description("Of the transfer, as its sender made it.")] Guid Id,
    string Coin,
    Guid From,
    Guid To,
    Amount Amount,
    [property: Description("RLY for one coin at the time; null for a coin without a market.")] Amount? Price,
    [property: Description("What the coins were worth, at the price of RLY recorded then; null without one, or with only a stale one.")] long? UsdCents,
    [property: Description("The sender's user name, to an app that the coin's creator has approved, if the sender shows it; else null.")] string? FromUsername,
    [property: Description("The note, under the same conditions.")] string? Memo,
    [property: Description("The reference, shown with the memo.")] string? Reference);
