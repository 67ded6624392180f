using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Spending;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Api;

/// <summary>Sending coins.</summary>
internal static class TransferEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/transfers", PostAsync).RequireAuthorization().Limited(RateLimit.Writes).Needs(AccountAccess.SendTransfers)
            .WithMetadata(new RequestSizeLimitAttribute(TransferBody.LargestBytes))
            .Described("postTransfer", "Send coins", "With 'expiresAt' the transfer is pending: the receiver posts or declines it, else it goes back.")
            .Takes<TransferBody>().Produces<TransferJson>(201).Produces<TransferJson>().Refuses(400, 409, 413, 415, 422);
        api.MapPost("/transfers/linked", PostLinkedAsync).RequireAuthorization().Limited(RateLimit.Writes).Needs(AccountAccess.SendTransfers)
            .WithMetadata(new RequestSizeLimitAttribute(LinkedTransfersBody.LargestBytes))
            .Described("postLinkedTransfers", "Send coins several times, all or none", "The same list again gets the first answer again. Each counts for the rate limit; a list longer than the limit at once takes all of it.")
            .Takes<LinkedTransfersBody>().Produces<TransferListJson>(201).Produces<TransferListJson>().Refuses(400, 409, 413, 415, 422);
        MapEnd(api, "post", takes: true).Described("postPending", "Take what is pending for you", "All of it, or a part; the rest goes back to the sender.")
            .Takes<PostPendingBody>();
        MapEnd(api, "void", takes: false).Described("voidPending", "Decline what is pending for you", "All of it goes back to the sender.")
            .Takes<VoidPendingBody>();
    }

    /// <summary>Where the entries of a command are listed.</summary>
    /// <param name="http">The request that made it.</param>
    /// <param name="path">That request's path below the API's prefix.</param>
    /// <param name="id">Of its first entry.</param>
    public static string LinkedPath(HttpRequest http, string path, Guid id) =>
        $"{http.PathBase}{http.Path.Value!.TrimEnd('/')[..^path.Length]}/transfers/{id}/linked";

    private static RouteHandlerBuilder MapEnd(IEndpointRouteBuilder api, string verb, bool takes) =>
        api.MapPost($"/transfers/{{id}}/{verb}", (
            string id, HttpRequest http, ClaimsPrincipal user, IAuthorizationService authorization, FindPending find, EndPending end,
            CancellationToken stop) => EndAsync(id, takes, http, user, authorization, find, end, stop))
            .RequireAuthorization().Limited(RateLimit.Writes).Needs(AccountAccess.SendTransfers)
            .WithMetadata(new RequestSizeLimitAttribute(TransferBody.LargestBytes))
            .Produces<TransferListJson>(201).Produces<TransferListJson>().Refuses(400, 404, 409, 413, 415, 422);

    private static async Task<IResult> PostAsync(
        HttpRequest http, ClaimsPrincipal user, IAuthorizationService authorization, PostTransfer post, SpendWithin within, FindPending pending,
        CancellationToken stop)
    {
        var (request, problem) = await TransferBody.ReadAsync(http, stop).ConfigureAwait(false);
        if (request is null)
            return problem!;
        if (!await authorization.MayAsync(user, AccountAccess.SendTransfers, request.From).ConfigureAwait(false))
            return TypedResults.Forbid();

        (var posted, problem) = await SpendAsync(user, [request], post, within, stop).ConfigureAwait(false);
        if (posted is null)
            return problem!;
        var transfer = TransferJson.Of(posted.Entries[0], request.From);
        if (request.ExpiresAt is not null)
            transfer = transfer with { Pending = PendingJson.Of((await pending.ExecuteAsync(request.Id, stop).ConfigureAwait(false))!) };
        return posted.Repeated
            ? TypedResults.Ok(transfer)
            : TypedResults.Created($"{http.PathBase}{http.Path}/{transfer.Id}", transfer);
    }

    private static async Task<IResult> PostLinkedAsync(
        HttpRequest http, ClaimsPrincipal user, IAuthorizationService authorization, PostTransfer post, SpendWithin within,
        [FromKeyedServices(RateLimit.Writes)] RateLimit limit, CancellationToken stop)
    {
        var (requests, problem) = await LinkedTransfersBody.ReadAsync(http, stop).ConfigureAwait(false);
        if (requests is null)
            return problem!;
        foreach (var from in requests.Select(request => request.From).Distinct())
        {
            if (!await authorization.MayAsync(user, AccountAccess.SendTransfers, from).ConfigureAwait(false))
                return TypedResults.Forbid();
        }

        if (limit.Charge(http.HttpContext, requests.Count - 1) is { } tooMany)
            return tooMany;
        (var posted, problem) = await SpendAsync(user, requests, post, within, stop).ConfigureAwait(false);
        if (posted is null)
            return problem!;
        var answer = new TransferListJson([.. posted.Entries.Select(entry => TransferJson.Of(entry, entry.Order.Debit.Holder!.Value))]);
        return posted.Repeated ? TypedResults.Ok(answer) : TypedResults.Created(LinkedPath(http, "/transfers/linked", requests[0].Id), answer);
    }

    private static async Task<(PostTransfer.Result.Posted? Posted, IResult? Problem)> SpendAsync(
        ClaimsPrincipal user, IReadOnlyList<PostTransfer.Request> requests, PostTransfer post, SpendWithin within, CancellationToken stop)
    {
        if (post.FaultOf(requests) is { } fault)
            return (null, Problems.For(fault));
        var spends = PostTransfer.SpendsOf(requests);
        var (result, problem) = await within.RunAsync(
            user, spends, () => post.ExecuteAsync(requests, stop), made => made is PostTransfer.Result.Posted ? spends : null,
            Problems.For, isPending: requests[0].ExpiresAt is not null, stop).ConfigureAwait(false);
        return (result as PostTransfer.Result.Posted, problem);
    }

    private static async Task<IResult> EndAsync(
        string id, bool takes, HttpRequest http, ClaimsPrincipal user, IAuthorizationService authorization, FindPending find, EndPending end,
        CancellationToken stop)
    {
        if (!RallyId.TryParse(id, out var pending) || await find.ExecuteAsync(pending, stop).ConfigureAwait(false) is not { Hold: var hold })
            return Problems.PendingNotFound(id);
        if (!await authorization.MayAsync(user, AccountAccess.SendTransfers, hold.Receiver).ConfigureAwait(false))
            return TypedResults.Forbid();
        var (request, problem) = await PendingBody.ReadAsync(http, pending, takes, stop).ConfigureAwait(false);
        if (request is null)
            return problem!;

        var result = await end.ExecuteAsync(request, stop).ConfigureAwait(false);
        if (result is not EndPending.Result.Ended ended)
            return Problems.For(result);
        var answer = new TransferListJson([.. ended.Entries.Select(entry => TransferJson.Of(entry, hold.Receiver))]);
        return ended.Repeated
            ? TypedResults.Ok(answer)
            : TypedResults.Created(LinkedPath(http, $"/transfers/{id}/{(takes ? "post" : "void")}", request.Id), answer);
    }
}
