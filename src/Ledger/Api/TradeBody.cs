using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Rally.Ledger.Amounts;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Api;

/// <summary>The body of <c>POST /trades</c>, as the API's document shows it.</summary>
internal sealed record TradeBody(
    [property: Description("A UUID of version 7 that you make; the same request again gets the first answer again.")] Guid Id,
    [property: Description("Whose coins and RLY.")] Guid Account,
    [property: AllowedValues("buy", "sell", "convert")] string Side,
    [property: Description("The coin bought or sold; of a conversion, the one given.")] string Coin,
    [property: Description("Of a conversion only, the coin got.")] string? To = null,
    [property: Description("How many coins; either this or 'rly'.")] Amount? Coins = null,
    [property: Description("So much RLY paid, or received before the fee; not for a conversion.")] Amount? Rly = null,
    [property: Description(
        "How far the price may have moved. Buying a number of coins: the most RLY. Buying for a sum of RLY: the fewest coins. Selling a number of coins: "
        + "the least RLY after the fee. Selling for a sum of RLY: the most coins. Converting: the fewest coins got. Absent for any price.")] Amount? Bound = null)
{
    /// <returns>The request, or why there is none.</returns>
    public static Task<(TradeCoins.Request? Request, IResult? Problem)> ReadAsync(HttpRequest http, CancellationToken stop) =>
        JsonBody.ReadAsync(http, TransferBody.LargestBytes, Read, stop);

    private static (TradeCoins.Request?, IResult?) Read(JsonElement body)
    {
        var members = JsonMembers.Of<TradeBody>(body, "a trade");
        var (id, account) = (members.Id("id"), members.Account("account"));
        if (!TryParse(members.Text("side", SideRule), out var side))
            members.Refuse($"'side' {SideRule}.");
        var coin = members.Text("coin", "must be a coin's symbol");
        var to = members.Has("to") ? members.Text("to", "must be a coin's symbol") : null;
        if (members.Has("coins") == members.Has("rly"))
            members.Refuse(SizeRule);
        var size = members.OptionalAmount("rly") is { } rly ? TradeSize.Rly(rly) : TradeSize.Coins(members.OptionalAmount("coins") ?? default);
        var request = new TradeCoins.Request(id, account, new(side, coin, to, size), members.OptionalAmount("bound"));
        return members.Problem is { } problem ? (null, problem) : (request, null);
    }

    public const string SideRule = "must be 'buy', 'sell' or 'convert'";

    public const string SizeRule = "Give either 'coins' or 'rly'.";

    public static bool TryParse(string? text, out TradeSide side)
    {
        side = text switch
        {
            "sell" => TradeSide.Sell,
            "convert" => TradeSide.Convert,
            _ => TradeSide.Buy,
        };
        return text is "buy" or "sell" or "convert";
    }
}
