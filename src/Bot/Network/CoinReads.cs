using System.Net;
using Rally.Ledger.Amounts;

namespace Rally.Bot.Network;

/// <summary>What the network tells of coins, their market and what an account did with them, as commands show it.</summary>
internal sealed class CoinReads(RallyClient network)
{
    /// <returns>Null when there is no such coin, or none that is counted.</returns>
    public Task<CoinStats?> StatsAsync(string symbol, CancellationToken stop) =>
        FindAsync<CoinStats>($"api/coins/{Uri.EscapeDataString(symbol)}/stats", stop);

    /// <summary>Prices of a coin by hour or day, oldest first; what nobody traded in is not there.</summary>
    /// <param name="from">The first that is wanted.</param>
    /// <param name="isDaily">Days instead of hours.</param>
    public async Task<IReadOnlyList<Candle>> PricesAsync(string symbol, DateTimeOffset from, bool isDaily, CancellationToken stop)
    {
        var interval = isDaily ? "day" : "hour";
        var path = $"api/coins/{Uri.EscapeDataString(symbol)}/prices?from={from.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}&interval={interval}&limit=1000";
        return (await FindAsync<CandlePage>(path, stop))?.Candles ?? [];
    }

    /// <summary>How much of a coin an account may sell and send now.</summary>
    /// <returns>Null when the network does not let the bot see the account.</returns>
    public Task<AccountLimits?> LimitsAsync(Guid rallyId, string symbol, CancellationToken stop) =>
        FindAsync<AccountLimits>($"api/accounts/{rallyId}/limits/{Uri.EscapeDataString(symbol)}", stop);

    private async Task<T?> FindAsync<T>(string path, CancellationToken stop)
        where T : class
    {
        using var answer = await network.SendAsOwnAsync(HttpMethod.Get, path, null, stop);
        return answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.BadRequest
            ? null
            : await RallyClient.ReadAsync<T>(answer, stop);
    }

    private sealed record CandlePage(IReadOnlyList<Candle> Candles);
}

/// <summary>A coin's figures; volumes in RLY.</summary>
internal sealed record CoinStats(long Holders, long Transfers, long Trades, string Volume24h, string Volume);

/// <summary>The prices of one hour or day, in RLY for one coin.</summary>
internal sealed record Candle(DateTimeOffset Start, string Open, string High, string Low, string Close);

/// <summary>What flow control leaves an account.</summary>
/// <param name="SellAndSend">Null for a coin without flow control.</param>
internal sealed record AccountLimits(AccountLimits.Allowance? SellAndSend)
{
    internal sealed record Allowance(string Limit, string Remaining);
}
