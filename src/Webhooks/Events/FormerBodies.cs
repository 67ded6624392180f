using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Rally.Webhooks.Events;

// The bodies of the format rally-v1, in the API's document beside those of the standard one. Programs of the former Rally's time read
// them: no member changes its meaning.

[EventBody(FormerFormat.Prefix + EventType.Purchase, "In the format rally-v1: somebody bought a coin from its curve.")]
internal sealed record FormerPurchaseEvent([property: AllowedValues(EventType.Purchase)] string Event, string CoinKind, FormerPurchaseData Data);

[EventBody(FormerFormat.Prefix + EventType.Redemption, "In the format rally-v1: somebody sold a coin to its curve.")]
internal sealed record FormerRedemptionEvent([property: AllowedValues(EventType.Redemption)] string Event, string CoinKind, FormerRedemptionData Data);

[EventBody(FormerFormat.Prefix + EventType.Convert, "In the format rally-v1: somebody sold one coin and bought another with what that brought.")]
internal sealed record FormerConvertEvent(
    [property: AllowedValues(EventType.Convert)] string Event,
    [property: Description("The coin that the endpoint asks for, of both the one given.")] string CoinKind,
    FormerConvertData Data);

[EventBody(FormerFormat.Prefix + EventType.Donation, "In the format rally-v1: somebody sent a coin to its creator.")]
internal sealed record FormerDonationEvent([property: AllowedValues(EventType.Donation)] string Event, string CoinKind, FormerSentData Data);

[EventBody(FormerFormat.Prefix + EventType.Transfer, "In the format rally-v1: somebody sent a coin to somebody else.")]
internal sealed record FormerTransferEvent([property: AllowedValues(EventType.Transfer)] string Event, string CoinKind, FormerSentData Data);

[EventBody(FormerFormat.Prefix + EventType.Test, "In the format rally-v1: sent because the endpoint's owner asks for it.")]
internal sealed record FormerTestEvent([property: AllowedValues(EventType.Test)] string Event, string? CoinKind, FormerTestData Data);

internal sealed record FormerPurchaseData(
    DateTimeOffset CreatedDate,
    [property: Description("Always false: who bought is not told.")] bool ShowUsername,
    string? Username,
    decimal AmountOfCoin,
    [property: Description("What was paid, at the price of RLY recorded then; null without one, or with only a stale one.")] long? CostInUSCents,
    string? Memo,
    bool ShowMemo);

internal sealed record FormerRedemptionData(
    DateTimeOffset CreatedDate,
    [property: Description("Always false: who sold is not told.")] bool ShowUsername,
    string? Username,
    decimal AmountOfCoin,
    [property: Description("The creator's, in RLY.")] decimal TotalFees,
    [property: Description("Always zero.")] decimal WithdrawFee,
    [property: Description("Before the fee, at the price of RLY recorded then; null without one, or with only a stale one.")] long? EstimatedAmountInUSCents);

internal sealed record FormerConvertData(
    DateTimeOffset CreatedDate,
    [property: Description("Always false: whose coins is not told.")] bool ShowUsername,
    string? Username,
    decimal FromAmount,
    string FromCoinKind,
    decimal ToAmount,
    string ToCoinKind,
    [property: Description("Before the fee, at the price of RLY recorded then; null without one, or with only a stale one.")] long? ValueInUSCents);

internal sealed record FormerSentData(
    DateTimeOffset CreatedDate,
    [property: Description("Whether the sender's name is told.")] bool ShowUsername,
    string? Username,
    [property: Description("The same as username.")] string? FromUsername,
    decimal AmountOfCoin,
    [property: Description("What the coins were worth, at the price of RLY recorded then; null without one, or with only a stale one.")] long? CostInUSCents,
    string? Memo,
    [property: Description("Whether the memo is told.")] bool ShowMemo);

internal sealed record FormerTestData(DateTimeOffset CreatedDate);
