using Microsoft.AspNetCore.Http;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;

namespace Rally.Auth.Former;

/// <summary>
/// Who somebody is, for an app that they have linked: GET /v1/users/rally/{id}/userinfo, and of the second API
/// GET /api/accounts/{id} and /api/accounts?rallyNetworkWalletId=. An account has one wallet, with the account's id.
/// </summary>
internal sealed class FormerAccounts(FindAccount accounts, Consents consents)
{
    internal sealed record AccountAnswer(string Id, string Username, IReadOnlyList<string> RallyNetworkWalletIds);

    public Task<IResult> UserInfoAsync(HttpContext context, string rallyId) =>
        AnswerAsync(context, rallyId, (id, name) => FormerJson.Ok(context, new FormerLinking.UserInfoAnswer(name, id)));

    public Task<IResult> AccountAsync(HttpContext context, string? rallyId) =>
        AnswerAsync(context, rallyId, (id, name) => FormerJson.Ok(context, new AccountAnswer(id.ToString("N"), name, [id.ToString("N")])));

    private async Task<IResult> AnswerAsync(HttpContext context, string? rallyId, Func<Guid, string, IResult> answer)
    {
        if (FormerCaller.Of(context.User) is not { } caller)
            return FormerJson.Unauthorized(context, FormerCaller.TokenNeeded);
        if (!FormerJson.TryId(rallyId, out var id))
            return FormerJson.BadRequest("The account must be a Rally id.");
        // Of an account that there is not, nobody learns that.
        return await caller.ReachesAsync(id, consents, context.RequestAborted) && await accounts.ExecuteAsync(id, context.RequestAborted) is { } name
            ? answer(id, name)
            : FormerJson.Forbidden("not-linked", FormerCaller.NotLinked);
    }
}
