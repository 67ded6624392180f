using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Coins;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Api;

/// <summary>What went to and from an account, for those it has allowed to know.</summary>
internal static class HistoryEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/accounts/{rallyId}/transfers", TransfersAsync).RequireAuthorization().Limited(RateLimit.Reads)
            .Described("listAccountTransfers", "What went to and from an account", "Newest first.")
            .Needs(AccountAccess.ReadBalances).Produces<HistoryPageJson>().Refuses(400);

    private static async Task<IResult> TransfersAsync(
        string rallyId, [Asked(Asked.Symbol)] string? coin, [Asked(Asked.Number)] string? before, [Asked(Asked.Count)] string? limit,
        ClaimsPrincipal user, IAuthorizationService authorization, ReadHistory history, CancellationToken stop)
    {
        if (!RallyId.TryParse(rallyId, out var holder))
            return Problems.BadRequest("The account must be a Rally id.");
        var symbol = "";
        if (coin is not null && !CoinSymbol.TryNormalize(coin, out symbol))
            return Problems.BadRequest("'coin' must be a coin's symbol, such as PTM.");
        var below = long.MaxValue;
        if (before is not null && !long.TryParse(before, NumberStyles.None, CultureInfo.InvariantCulture, out below))
            return Problems.BadRequest("'before' must be a position, such as the 'next' of an earlier page.");
        if (!Page.TryLimit(limit, out var most))
            return Problems.BadRequest(Page.LimitRule);
        if (!await authorization.MayAsync(user, AccountAccess.ReadBalances, holder).ConfigureAwait(false))
            return TypedResults.Forbid();

        var found = await history.OfHolderAsync(holder, coin is null ? null : symbol, below, most, stop).ConfigureAwait(false);
        return TypedResults.Ok(new HistoryPageJson(
            found.Position, [.. found.Entries.Select(entry => HistoryJson.Of(entry, holder))], found.HasMore ? found.Entries[^1].Position : null));
    }

    private sealed record HistoryPageJson(long Position, IReadOnlyList<HistoryJson> Transfers, long? Next);

    /// <summary>An entry as one of its sides sees it.</summary>
    private sealed record HistoryJson : TransferJson
    {
        private HistoryJson(TransferJson entry)
            : base(entry)
        {
        }

        [JsonPropertyOrder(4)]
        [Description("Its place among the entries that were committed as one; 0 for the first of them.")]
        public required int Link { get; init; }

        [JsonPropertyOrder(4)]
        [Description("The account's name, such as RLY/reserve:PTM.")]
        public required string FromAccount { get; init; }

        [JsonPropertyOrder(4)]
        [Description("The account's name, such as PTM/mint.")]
        public required string ToAccount { get; init; }

        [JsonPropertyOrder(4)]
        [Description("Who is on the other side when it is the system, in words; else null.")]
        public required string? Other { get; init; }

        /// <summary>As this holder sees it.</summary>
        public static new HistoryJson Of(JournalEntry entry, Guid holder)
        {
            var order = entry.Order;
            var other = order.Debit.Holder == holder ? order.Credit : order.Debit;
            return new(TransferJson.Of(entry, holder))
            {
                Link = entry.Link,
                FromAccount = order.Debit.ToString(),
                ToAccount = order.Credit.ToString(),
                Other = other.Holder is null ? AccountWords.Of(other) : null,
            };
        }
    }
}
