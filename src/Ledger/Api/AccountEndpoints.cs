using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Coins;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Api;

/// <summary>What an account holds and may do, for those it has allowed to know.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/accounts/{rallyId}/balances", BalancesAsync).RequireAuthorization().Limited(RateLimit.Reads).Needs(AccountAccess.ReadBalances)
            .Described("getBalances", "What an account holds", "And how far the log had come when that was true.")
            .Produces<BalancesJson>().Refuses(400);
        api.MapGet("/accounts/{rallyId}/limits/{symbol}", LimitsAsync).RequireAuthorization().Limited(RateLimit.Reads).Needs(AccountAccess.ReadBalances)
            .Described("getLimits", "What an account may sell, send and buy of a coin now", "Flow control and purchase control.")
            .Produces<LimitsJson>().Refuses(400, 404);
    }

    private static async Task<IResult> BalancesAsync(
        string rallyId, ClaimsPrincipal user, IAuthorizationService authorization, ReadBalances read, CancellationToken stop)
    {
        if (!RallyId.TryParse(rallyId, out var holder))
            return Problems.BadRequest("The account must be a Rally id.");
        if (!await authorization.MayAsync(user, AccountAccess.ReadBalances, holder).ConfigureAwait(false))
            return TypedResults.Forbid();
        var result = await read.ExecuteAsync(holder, stop).ConfigureAwait(false);
        return TypedResults.Ok(new BalancesJson(result.Position, result.Balances));
    }

    private static async Task<IResult> LimitsAsync(
        string rallyId, string symbol, ClaimsPrincipal user, IAuthorizationService authorization, ReadCoinFigures coins, TimeProvider time,
        CancellationToken stop)
    {
        if (!RallyId.TryParse(rallyId, out var holder))
            return Problems.BadRequest("The account must be a Rally id.");
        if (!await authorization.MayAsync(user, AccountAccess.ReadBalances, holder).ConfigureAwait(false))
            return TypedResults.Forbid();
        if (!CoinSymbol.TryNormalize(symbol, out var normal)
            || (await coins.FindAsync([normal], holder, stop).ConfigureAwait(false)).GetValueOrDefault(normal) is not { } found)
            return Problems.CoinNotFound(symbol);
        return TypedResults.Ok(LimitsJson.Of(HolderLimits.Of(found.Figures, found.Holder, time.GetUtcNow())));
    }

    private sealed record BalancesJson(
        [property: Description("The log's last position when this was true.")] long Position,
        [property: Description("By symbol; a coin not held is not there.")] IReadOnlyList<ReadBalances.Balance> Balances);
}
