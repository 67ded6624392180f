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
    /// <param name="happened">What.</param>
    /// <param name="postedAt">When.</param>
    /// <param name="told">What is private of it.</param>
    /// <param name="coin">The coin that the endpoint is told it for.</param>
    public static byte[] BodyOf(CoinEvent happened, DateTimeOffset postedAt, Told told, string coin) => happened switch
    {
        CoinEvent.Purchase bought => Write(EventType.Purchase, coin, new
        {
            createdDate = postedAt,
            showUsername = false,
            username = (string?)null,
            amountOfCoin = Number(bought.Amount),
            costInUSCents = bought.UsdCents,
            memo = (string?)null,
            showMemo = false,
        }),
        CoinEvent.Redemption sold => Write(EventType.Redemption, coin, new
        {
            createdDate = postedAt,
            showUsername = false,
            username = (string?)null,
            amountOfCoin = Number(sold.Amount),
            totalFees = Number(sold.Fee),
            withdrawFee = 0,
            estimatedAmountInUSCents = sold.UsdCents,
        }),
        CoinEvent.Conversion turned => Write(EventType.Convert, coin, new
        {
            createdDate = postedAt,
            showUsername = false,
            username = (string?)null,
            fromAmount = Number(turned.FromAmount),
            fromCoinKind = turned.FromCoin,
            toAmount = Number(turned.ToAmount),
            toCoinKind = turned.ToCoin,
            valueInUSCents = turned.UsdCents,
        }),
        CoinEvent.Sent sent => Write(sent.IsDonation ? EventType.Donation : EventType.Transfer, coin, new
        {
            createdDate = postedAt,
            showUsername = told.UserName is not null,
            username = told.UserName,
            fromUsername = told.UserName,
            amountOfCoin = Number(sent.Amount),
            costInUSCents = sent.UsdCents,
            memo = told.Memo,
            showMemo = told.Memo is not null,
        }),
        _ => throw new UnreachableException($"{happened}"),
    };

    public static byte[] TestBody(DateTimeOffset now) => Write(EventType.Test, null, new { createdDate = now });

    private static byte[] Write<T>(string type, string? coin, T data) =>
        JsonSerializer.SerializeToUtf8Bytes(new { @event = type, coinKind = coin, data }, JsonSerializerOptions.Web);

    // Exact: a decimal holds every amount, and is written digit by digit.
    private static decimal Number(Amount amount) => amount.MinorUnits / (decimal)Amount.PerCoin;
}
