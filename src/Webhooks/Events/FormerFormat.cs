using System.Diagnostics;
using System.Text.Json;
using Rally.Ledger.Amounts;
using Rally.Ledger.Events;

namespace Rally.Webhooks.Events;

/// <summary>
/// Bodies as programs made for the former Rally's webhooks read them: amounts are numbers, and what was shown is said by flags.
/// Where public material tells nothing of a member's meaning, docs/api.md says what it is here.
/// </summary>
internal static class FormerFormat
{
    /// <summary>Sets these bodies apart from the standard ones in the API's document.</summary>
    public const string Prefix = $"{EventFormat.Former}.";

    /// <param name="happened">What.</param>
    /// <param name="postedAt">When.</param>
    /// <param name="told">What is private of it.</param>
    /// <param name="coin">The coin that the endpoint is told it for.</param>
    public static byte[] BodyOf(CoinEvent happened, DateTimeOffset postedAt, Told told, string coin) => happened switch
    {
        CoinEvent.Purchase bought => Write(new FormerPurchaseEvent(EventType.Purchase, coin, new(
            postedAt, ShowUsername: false, Username: null, Number(bought.Amount), bought.UsdCents, Memo: null, ShowMemo: false))),
        CoinEvent.Redemption sold => Write(new FormerRedemptionEvent(EventType.Redemption, coin, new(
            postedAt, ShowUsername: false, Username: null, Number(sold.Amount), Number(sold.Fee), WithdrawFee: 0, sold.UsdCents))),
        CoinEvent.Conversion turned => Write(new FormerConvertEvent(EventType.Convert, coin, new(
            postedAt, ShowUsername: false, Username: null, Number(turned.FromAmount), turned.FromCoin, Number(turned.ToAmount), turned.ToCoin, turned.UsdCents))),
        CoinEvent.Sent { IsDonation: true } sent => Write(new FormerDonationEvent(EventType.Donation, coin, DataOf(sent, postedAt, told))),
        CoinEvent.Sent sent => Write(new FormerTransferEvent(EventType.Transfer, coin, DataOf(sent, postedAt, told))),
        _ => throw new UnreachableException($"{happened}"),
    };

    public static byte[] TestBody(DateTimeOffset now) => Write(new FormerTestEvent(EventType.Test, CoinKind: null, new(now)));

    private static FormerSentData DataOf(CoinEvent.Sent sent, DateTimeOffset postedAt, Told told) => new(
        postedAt, told.UserName is not null, told.UserName, told.UserName, Number(sent.Amount), sent.UsdCents, told.Memo, told.Memo is not null);

    private static byte[] Write<T>(T body) => JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web);

    // Exact: a decimal holds every amount, and is written digit by digit.
    private static decimal Number(Amount amount) => amount.MinorUnits / (decimal)Amount.PerCoin;
}
