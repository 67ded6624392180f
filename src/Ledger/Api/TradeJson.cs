using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Rally.Ledger.Amounts;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Api;

/// <summary>What a trade comes to, as a quote and as an answer to the trade.</summary>
internal record TradeFiguresJson(
    [property: AllowedValues("buy", "sell", "convert")] string Side,
    [property: Description("The coin bought or sold; of a conversion, the one given.")] string Coin,
    [property: Description("Of it, bought or given.")] Amount Coins,
    [property: Description("Paid for them, or their value before the fee.")] Amount Rly,
    [property: Description("Of that, what goes to the coin's creator; 0 for a purchase.")] Amount Fee,
    [property: Description("After the fee.")] Amount NetRly,
    [property: Description("RLY for one coin on average, before the fee.")] Amount Price,
    [property: Description("RLY for one coin after the trade.")] Amount PriceAfter)
{
    [JsonPropertyOrder(1), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("Of a conversion only: what is bought with 'netRly'. RLY left over stays with the account.")]
    public BoughtJson? Bought { get; init; }

    public static TradeFiguresJson Of(TradeSide side, string coin, string? to, TradeFigures figures) => new(
        Name(side), coin, figures.Main.Coins, figures.Main.Rly, figures.Main.Fee, figures.Main.NetRly,
        Average(figures.Main), figures.Main.PriceAfter)
    {
        Bought = figures.Bought is { } bought ? new(to!, bought.Coins, bought.Rly, Average(bought), bought.PriceAfter) : null,
    };

    private static string Name(TradeSide side) => side switch
    {
        TradeSide.Buy => "buy",
        TradeSide.Sell => "sell",
        _ => "convert",
    };

    private static Amount Average(TradeQuote quote) => quote.Rly.Share(Amount.PerCoin, quote.Coins.MinorUnits);
}

/// <summary>The second half of a conversion.</summary>
internal sealed record BoughtJson(
    string Coin,
    Amount Coins,
    [property: Description("Paid for them.")] Amount Rly,
    [property: Description("RLY for one coin on average.")] Amount Price,
    [property: Description("RLY for one coin after the trade.")] Amount PriceAfter);

/// <summary>A quote.</summary>
internal sealed record QuoteJson : TradeFiguresJson
{
    public QuoteJson(TradeFiguresJson figures)
        : base(figures)
    {
    }

    [JsonPropertyOrder(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("What 'account' may sell and send of the coin given; absent for a purchase, without an account, and without flow control.")]
    public SellAndSendJson? Allowance { get; init; }

    [JsonPropertyOrder(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("What 'account' may buy of the coin got; absent for a sale and without an account.")]
    public PurchaseJson? Purchase { get; init; }

    public static QuoteJson Of(TradeSide side, QuoteTrade.Result.Quoted quoted) =>
        new(TradeFiguresJson.Of(side, quoted.Coin, quoted.To, quoted.Figures))
        {
            Allowance = SellAndSendJson.Of(quoted.Selling),
            Purchase = quoted.Buying is { } buying ? PurchaseJson.Of(buying) : null,
        };
}

/// <summary>A trade that was made.</summary>
internal sealed record TradeJson : TradeFiguresJson
{
    public TradeJson(TradeFiguresJson figures)
        : base(figures)
    {
    }

    [JsonPropertyOrder(-1)]
    public required Guid Id { get; init; }

    [JsonPropertyOrder(-1)]
    public required Guid Account { get; init; }

    [JsonPropertyOrder(2)]
    [Description("Its entries in the log, committed together.")]
    public required IReadOnlyList<TransferJson> Transfers { get; init; }

    public static TradeJson Of(TradeCoins.Request request, TradeCoins.Result.Traded traded) =>
        new(TradeFiguresJson.Of(request.Order.Side, traded.Coin, traded.To, traded.Figures))
        {
            Id = request.Id,
            Account = request.Account,
            Transfers = [.. traded.Entries.Select(entry => TransferJson.Of(entry, request.Account))],
        };
}
