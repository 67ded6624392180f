using System.Text.Json;
using System.Text.Json.Nodes;
using Rally.Ledger.Amounts;

namespace Rally.Ledger.Trades;

/// <summary>A trade as it was asked for: the details of its first entry.</summary>
internal static class TradeRequest
{
    public static string Write(string side, Guid holder, string coin, TradeSize size, Amount? bound, string? to = null)
    {
        var request = new JsonObject { ["side"] = side, ["holder"] = holder.ToString("D"), ["coin"] = coin };
        if (to is not null)
            request["to"] = to;
        request[size.IsInRly ? "rly" : "coins"] = size.Amount.ToString();
        if (bound is { } limit)
            request["bound"] = limit.ToString();
        return request.ToJsonString(JsonSerializerOptions.Default);
    }

    /// <param name="details">Of a trade's first entry.</param>
    /// <returns>Null for anything else.</returns>
    public static TradeSide? SideOf(string? details)
    {
        if (details is null)
            return null;
        using var request = JsonDocument.Parse(details);
        return request.RootElement.TryGetProperty("side", out var side) ? side.GetString() switch
        {
            "buy" => TradeSide.Buy,
            "sell" => TradeSide.Sell,
            "convert" => TradeSide.Convert,
            _ => null,
        } : null;
    }
}
