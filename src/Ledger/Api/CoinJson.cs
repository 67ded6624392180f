using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using System.Xml;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Prices;

namespace Rally.Ledger.Api;

/// <summary>A coin as the API writes it.</summary>
internal sealed record CoinJson(
    string Symbol,
    string Name,
    [property: Description("A Rally id; null for RLY.")] Guid? Creator,
    [property: Description("An https address of a picture.")] string? Image,
    [property: AllowedValues("linear", "sigmoid", "fixed", "base"), Description("How it is priced; base is RLY, fixed is not traded here.")] string Curve,
    TermsJson Terms,
    [property: Description("Whether its holders earn rewards.")] bool Rewards,
    [property: Description("Stopped by the operator: nothing of it moves.")] bool Suspended,
    DateTimeOffset LaunchedAt,
    [property: Description("All there is, issued and not taken back.")] Amount Supply,
    [property: Description("The supply without what is locked.")] Amount Circulating,
    [property: Description("The part of the creator's grant that is not theirs yet.")] Amount Locked,
    [property: Description("RLY behind it; null for a coin without a curve.")] Amount? Backing,
    PriceJson Price)
{
    /// <param name="figures">The coin's.</param>
    /// <param name="usd">The price of one RLY, as known now.</param>
    public static CoinJson Of(CoinFigures figures, UsdPrice.Quote? usd)
    {
        var coin = figures.Coin;
        return new(
            coin.Symbol, coin.Name, coin.Creator == Guid.Empty ? null : coin.Creator, coin.Image, coin.Curve, TermsJson.Of(coin.Terms),
            coin.EarnsRewards, coin.IsSuspended, coin.LaunchedAt, figures.Issued, figures.Circulating, figures.Locked,
            figures.Market?.Backing, PriceJson.Of(figures.Price, usd));
    }
}

/// <summary>What one coin costs.</summary>
internal sealed record PriceJson(
    [property: Description("Null for a coin that is not traded here.")] Amount? Rly,
    [property: Description("Null while no price of RLY in US dollars is known.")] Amount? Usd,
    [property: Description("When the price of RLY behind 'usd' was last confirmed; null without one.")] DateTimeOffset? UsdAt,
    [property: Description("Whether that is too long ago; false without one.")] bool UsdStale)
{
    /// <param name="rly">Of one coin.</param>
    /// <param name="usd">The price of one RLY, as known now.</param>
    public static PriceJson Of(Amount? rly, UsdPrice.Quote? usd) => rly is { } price && usd is { } quote
        ? new(rly, quote.Rate.ToUsd(price), quote.At, quote.IsStale)
        : new(rly, null, null, UsdStale: false);
}

/// <summary>What creator and buyers agreed on at launch.</summary>
internal sealed record TermsJson(
    [property: Description("Coins for the creator beside the curve.")] Amount Genesis,
    [property: Description("Of those, the creator's from the start.")] Amount UnlockedAtOnce,
    [property: Description("Of the grant, what unlocks every 30 days.")] long MonthlyUnlockBasisPoints,
    [property: Description("The unlocked grant is at most this share of what circulates.")] long LargestVestedBasisPoints,
    [property: Description("Of what circulates, what one holder may sell and send at once; what was used grows back evenly over 30 days, so up to twice that can leave within 30 days. 0 for no limit.")] long FlowBasisPoints,
    [property: Description("The most coins in one purchase while purchase control lasts; 0 for no limit.")] Amount LargestPurchase,
    [property: Description("The time between two purchases while purchase control lasts, as an ISO 8601 duration.")] string BetweenPurchases,
    [property: Description("How long after the launch purchase control lasts, as an ISO 8601 duration.")] string PurchaseControlFor,
    [property: Description("Whether the creator earns the fee on sales.")] bool PaysCreatorFee)
{
    public static TermsJson Of(CoinTerms terms) => new(
        terms.Genesis, terms.UnlockedAtOnce, terms.MonthlyUnlockBasisPoints, terms.LargestVestedBasisPoints, terms.FlowBasisPoints,
        terms.LargestPurchase, XmlConvert.ToString(terms.BetweenPurchases), XmlConvert.ToString(terms.PurchaseControlFor), terms.PaysCreatorFee);
}

/// <summary>A page of coins.</summary>
internal sealed record CoinPageJson(
    IReadOnlyList<CoinJson> Coins,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("The 'after' of the next page; absent on the last.")] string? Next = null);

/// <summary>A page of holders.</summary>
internal sealed record HolderPageJson(
    IReadOnlyList<ReadCoins.Holding> Holders,
    [property: Description("The 'after' of the next page; null on the last.")] Guid? Next);
