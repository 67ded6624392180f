using System.ComponentModel;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;

namespace Rally.Ledger.Api;

/// <summary>What an account may sell, send and buy of a coin now.</summary>
internal sealed record LimitsJson(
    [property: Description("Flow control; null for a coin without it. Sending to the coin's creator is exempt.")] SellAndSendJson? SellAndSend,
    PurchaseJson Purchase)
{
    public static LimitsJson Of(HolderLimits limits) => new(SellAndSendJson.Of(limits), PurchaseJson.Of(limits));
}

/// <summary>Flow control's allowance.</summary>
internal sealed record SellAndSendJson(
    Amount Limit,
    Amount Remaining,
    [property: Description("When all of the limit will be there again; null when it is.")] DateTimeOffset? FullAt)
{
    public static SellAndSendJson? Of(HolderLimits? limits) =>
        limits?.SellAndSend is { } flow ? new(flow.Limit, flow.Remaining, flow.FullAt) : null;
}

/// <summary>Purchase control.</summary>
internal sealed record PurchaseJson(
    [property: Description("The most coins in one purchase; null for any number.")] Amount? Largest,
    [property: Description("When the next purchase can be made; null for now.")] DateTimeOffset? Next)
{
    public static PurchaseJson Of(HolderLimits limits) => new(limits.Purchase.Largest, limits.Purchase.Next);
}
