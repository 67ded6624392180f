using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Spending;
using Rally.Ledger.Trades;

namespace Rally.Ledger.Api;

/// <summary>Buying from a coin's curve, selling to it, and what that would come to.</summary>
internal static class TradeEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/coins/{symbol}/quote", QuoteAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("quoteTrade", "What a trade would come to now", "Exact to the last unit as long as nobody trades before you. 'account' needs balances:read.")
            .Needs(AccountAccess.ReadBalances, optional: true).Produces<QuoteJson>().Refuses(400, 404, 422);
        api.MapPost("/trades", TradeAsync).RequireAuthorization().Limited(RateLimit.Writes).Needs(AccountAccess.MakeTrades)
            .WithMetadata(new RequestSizeLimitAttribute(TransferBody.LargestBytes))
            .Described("tradeCoins", "Buy, sell or convert", "Ask for a quote first, and send its outcome as 'bound' if the price must not have moved.")
            .Takes<TradeBody>().Produces<TradeJson>(201).Produces<TradeJson>().Refuses(400, 409, 413, 415, 422);
    }

    private static async Task<IResult> QuoteAsync(
        [AsParameters] QuoteQuery query, ClaimsPrincipal user, IAuthorizationService authorization, QuoteTrade quote, CancellationToken stop)
    {
        if (!TradeBody.TryParse(query.Side, out var side))
            return Problems.BadRequest($"'side' {TradeBody.SideRule}.");
        if (query.Coins is null == query.Rly is null)
            return Problems.BadRequest(TradeBody.SizeRule);
        if (!Amount.TryParse(query.Coins ?? query.Rly, out var amount))
            return Problems.MalformedAmount(Problems.AmountRule(query.Coins is null ? "rly" : "coins"));
        Guid? account = null;
        if (query.Account is not null)
        {
            if (!RallyId.TryParse(query.Account, out var id))
                return Problems.BadRequest("'account' must be a Rally id.");
            if (!await authorization.MayAsync(user, AccountAccess.ReadBalances, id).ConfigureAwait(false))
                return user.Identity is { IsAuthenticated: true } ? TypedResults.Forbid() : TypedResults.Challenge();
            account = id;
        }

        var size = query.Coins is null ? TradeSize.Rly(amount) : TradeSize.Coins(amount);
        var result = await quote.ExecuteAsync(new(new(side, query.Symbol, query.To, size), account), stop).ConfigureAwait(false);
        return result switch
        {
            QuoteTrade.Result.Quoted quoted => TypedResults.Ok(QuoteJson.Of(side, quoted)),
            QuoteTrade.Result.Refused { Reason: PostResult.UnknownCoin unknown } when IsSame(unknown.Symbol, query.Symbol) => Problems.CoinNotFound(query.Symbol),
            _ => Problems.For(result),
        };
    }

    private static bool IsSame(string symbol, string written) =>
        symbol == written || (CoinSymbol.TryNormalize(written, out var normal) && symbol == normal);

    private static async Task<IResult> TradeAsync(
        HttpRequest http, ClaimsPrincipal user, IAuthorizationService authorization, TradeCoins trade, SpendWithin within, CancellationToken stop)
    {
        var (request, problem) = await TradeBody.ReadAsync(http, stop).ConfigureAwait(false);
        if (request is null)
            return problem!;
        if (!await authorization.MayAsync(user, AccountAccess.MakeTrades, request.Account).ConfigureAwait(false))
            return TypedResults.Forbid();
        if (trade.FaultOf(request) is { } fault)
            return Problems.For(fault);
        if (within.IsOn && TradeCoins.MostSpent(request) is null)
            return Problems.BoundNeeded();
        IReadOnlyList<Spend> spends = TradeCoins.MostSpent(request) is { } most ? [most] : [];
        (var result, problem) = await within.RunAsync(
            user, spends, () => trade.ExecuteAsync(request, stop),
            made => made is TradeCoins.Result.Traded { Entries: var entries } ? [.. spends.Select(spend => spend with { Amount = GivenIn(entries, spend.From) })] : null,
            Problems.For, isPending: false, stop).ConfigureAwait(false);
        if (result is not TradeCoins.Result.Traded traded)
            return problem!;
        var answer = TradeJson.Of(request, traded);
        return traded.Repeated ? TypedResults.Ok(answer) : TypedResults.Created(TransferEndpoints.LinkedPath(http, "/trades", request.Id), answer);
    }

    // The first entry is what the account gives.
    private static Amount GivenIn(IReadOnlyList<JournalEntry> entries, Guid account) =>
        entries[0].Order.Debit.Holder == account ? entries[0].Order.Amount : Amount.Zero;

    private sealed record QuoteQuery(
        [FromRoute(Name = "symbol")] string Symbol,
        [FromQuery(Name = "side"), Asked(Asked.Side, IsRequired = true)] string? Side,
        [FromQuery(Name = "coins"), Asked(Asked.Amount)] string? Coins,
        [FromQuery(Name = "rly"), Asked(Asked.Amount)] string? Rly,
        [FromQuery(Name = "to"), Asked(Asked.Symbol)] string? To,
        [FromQuery(Name = "account"), Asked(Asked.RallyId)] string? Account);
}
