using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;

namespace Rally.Ledger.Api;

/// <summary>What a caller may do with one account. Whoever hosts the ledger registers the handler that decides.</summary>
internal static class AccountAccess
{
    public static readonly OperationAuthorizationRequirement ReadBalances = new() { Name = "balances:read" };

    public static readonly OperationAuthorizationRequirement SendTransfers = new() { Name = "transfers:send" };

    public static readonly OperationAuthorizationRequirement MakeTrades = new() { Name = "trades:make" };

    public static async Task<bool> MayAsync(
        this IAuthorizationService authorization, ClaimsPrincipal user, OperationAuthorizationRequirement operation, Guid account) =>
        (await authorization.AuthorizeAsync(user, account, operation).ConfigureAwait(false)).Succeeded;
}
