using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Amounts;
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
        string rallyId, string? coin, string? before, string? limit,
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
    /// <param name="From">A Rally id; null for a system account.</param>
    /// <param name="To">A Rally id; null for a system account.</param>
    /// <param name="FromAccount">The account's name, such as <c>RLY/reserve:PTM</c>.</param>
    /// <param name="ToAccount">The account's name, such as <c>PTM/mint</c>.</param>
    /// <param name="Other">Who is on the other side when it is the system, in words.</param>
    /// <param name="Link">Its place among the entries that were committed as one; 0 for the first of them.</param>
    /// <param name="BalanceAfter">What it left on the account that was asked about.</param>
    private sealed record HistoryJson(
        long Position,
        Guid Id,
        int Link,
        string Coin,
        string Kind,
        Guid? From,
        Guid? To,
        string FromAccount,
        string ToAccount,
        string? Other,
        Amount Amount,
        Amount BalanceAfter,
        string Note,
        DateTimeOffset PostedAt)
    {
        public static HistoryJson Of(JournalEntry entry, Guid holder)
        {
            var order = entry.Order;
            var isDebit = order.Debit.Holder == holder;
            var other = isDebit ? order.Credit : order.Debit;
            return new(
                entry.Position, order.Id, entry.Link, order.Coin, order.Kind, order.Debit.Holder, order.Credit.Holder,
                order.Debit.ToString(), order.Credit.ToString(), other.Holder is null ? AccountWords.Of(other) : null,
                order.Amount, isDebit ? entry.DebitBalance : entry.CreditBalance, order.Note, entry.PostedAt);
        }
    }
}
