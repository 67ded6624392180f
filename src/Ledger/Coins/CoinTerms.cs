using System.Text.Json;
using System.Text.Json.Serialization;
using Rally.Ledger.Amounts;

namespace Rally.Ledger.Coins;

/// <summary>What a creator and the buyers agree on at launch; never changed afterwards. Shares are in basis points, 10,000 for all.</summary>
/// <param name="Genesis">Coins for the creator beside the curve: supply without backing.</param>
/// <param name="UnlockedAtOnce">Of those, what is the creator's from the start.</param>
/// <param name="MonthlyUnlockBasisPoints">Of the genesis grant, what unlocks every 30 days after.</param>
/// <param name="LargestVestedBasisPoints">
/// What has unlocked of the grant is at most this share of the circulating supply, but for what was unlocked at once.
/// </param>
/// <param name="FlowBasisPoints">
/// Flow control: of the circulating supply, what one holder may sell and send at once. What was used grows back evenly over
/// 30 days, so up to twice that can leave within 30 days. 0 for no limit.
/// </param>
/// <param name="LargestPurchase">Purchase control: the most coins in one purchase; zero for no limit.</param>
/// <param name="BetweenPurchases">Purchase control: the time a buyer waits between purchases.</param>
/// <param name="PurchaseControlFor">How long after the launch purchase control lasts.</param>
/// <param name="PaysCreatorFee">Whether the creator earns the fee on sales.</param>
public sealed record CoinTerms(
    Amount Genesis,
    Amount UnlockedAtOnce,
    long MonthlyUnlockBasisPoints,
    long LargestVestedBasisPoints,
    long FlowBasisPoints,
    Amount LargestPurchase,
    TimeSpan BetweenPurchases,
    TimeSpan PurchaseControlFor,
    bool PaysCreatorFee)
{
    /// <summary>No grant, no limits, no fee: a fixed supply.</summary>
    public static CoinTerms None { get; } = new(
        Amount.Zero, Amount.Zero, 0, 0, 0, Amount.Zero, TimeSpan.Zero, TimeSpan.Zero, PaysCreatorFee: false);

    /// <summary>Rally's terms since May 2021: 5 million coins to the creator, 50,000 at once, then 3 % a month, at most 30 % of what circulates.</summary>
    public static CoinTerms Linear { get; } = None with
    {
        Genesis = Amount.Coins(5_000_000),
        UnlockedAtOnce = Amount.Coins(50_000),
        MonthlyUnlockBasisPoints = 300,
        LargestVestedBasisPoints = 3_000,
        FlowBasisPoints = 500,
        PaysCreatorFee = true,
    };

    /// <summary>Rally's terms of October 2020: 50,000 coins to the creator, 10 % a month.</summary>
    public static CoinTerms Sigmoid { get; } = Linear with
    {
        Genesis = Amount.Coins(50_000),
        UnlockedAtOnce = Amount.Zero,
        MonthlyUnlockBasisPoints = 1_000,
    };

    /// <summary>What is usual for <c>linear</c> and <c>sigmoid</c>; nothing for a fixed supply.</summary>
    public static CoinTerms UsualFor(string curve) => curve switch
    {
        CoinCurve.Linear => Linear,
        CoinCurve.Sigmoid => Sigmoid,
        _ => None,
    };

    /// <summary>The one text for these terms; the chain covers it.</summary>
    internal string ToJson() => JsonSerializer.Serialize(this, CoinTermsJson.Default.CoinTerms);

    internal static CoinTerms FromJson(string json) => JsonSerializer.Deserialize(json, CoinTermsJson.Default.CoinTerms)!;
}

/// <summary>Members in the order of their declaration, whatever else is configured: the text is hashed.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CoinTerms))]
internal sealed partial class CoinTermsJson : JsonSerializerContext;
