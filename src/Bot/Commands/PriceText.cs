using Rally.Bot.Network;

namespace Rally.Bot.Commands;

/// <summary>A coin's price in a line.</summary>
internal static class PriceText
{
    /// <summary>In RLY, and in US dollars where those are known; null for a coin that is not traded.</summary>
    public static string? Of(Coin coin) => coin.Price?.Rly is not { } rly
        ? null
        : coin.Price.InUsd is { } usd ? $"**{rly} RLY** (${usd})" : $"**{rly} RLY**";

    /// <summary>The price after a coin's name; empty where there is none.</summary>
    public static string After(Coin coin) => Of(coin) is { } price ? $" · {price}" : "";
}
