using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Api;

/// <summary>What an account holds, for those it has allowed to know.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/accounts/{rallyId}/balances", BalancesAsync).RequireAuthorization();

    private static async Task<IResult> BalancesAsync(
        string rallyId, ClaimsPrincipal user, IAuthorizationService authorization, ReadBalances read, CancellationToken stop)
    {
        if (!RallyId.TryParse(rallyId, out var holder))
            return Problems.BadRequest("The account must be a Rally id.");
        if (!await authorization.MayAsync(user, AccountAccess.ReadBalances, holder).ConfigureAwait(false))
            return TypedResults.Forbid();
        return TypedResults.Ok(await read.ExecuteAsync(holder, stop).ConfigureAwait(false));
    }
}
