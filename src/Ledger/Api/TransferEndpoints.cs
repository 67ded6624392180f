using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Journal;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Api;

/// <summary>Sending coins, and the log of what was sent.</summary>
internal static class TransferEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/transfers", PostAsync).RequireAuthorization()
            .WithMetadata(new RequestSizeLimitAttribute(TransferBody.LargestBytes));
        api.MapGet("/transfers/{id}", GetAsync).RequireAuthorization();
        api.MapGet("/transfers", ListAsync).AllowAnonymous();
    }

    private static async Task<IResult> PostAsync(
        HttpRequest http, ClaimsPrincipal user, IAuthorizationService authorization, PostTransfer post, CancellationToken stop)
    {
        var (request, problem) = await TransferBody.ReadAsync(http, stop).ConfigureAwait(false);
        if (request is null)
            return problem!;
        if (!await authorization.MayAsync(user, AccountAccess.SendTransfers, request.From).ConfigureAwait(false))
            return TypedResults.Forbid();

        var result = await post.ExecuteAsync(request, stop).ConfigureAwait(false);
        if (result is not PostTransfer.Result.Posted posted)
            return Problems.For(result);
        var entry = posted.Entries[0];
        var transfer = TransferJson.Of(entry.ToPosted(), entry.DebitBalance);
        return posted.Repeated
            ? TypedResults.Ok(transfer)
            : TypedResults.Created($"{http.PathBase}{http.Path}/{transfer.Id}", transfer);
    }

    private static async Task<IResult> GetAsync(
        string id, ClaimsPrincipal user, IAuthorizationService authorization, FindTransfer find, CancellationToken stop)
    {
        if (!RallyId.TryParse(id, out var transferId) || await find.ExecuteAsync(transferId, stop).ConfigureAwait(false) is not { } entry)
            return Problems.TransferNotFound(id);
        foreach (var side in new[] { entry.Order.Debit.Holder, entry.Order.Credit.Holder })
        {
            if (side is { } holder && await authorization.MayAsync(user, AccountAccess.ReadBalances, holder).ConfigureAwait(false))
                return TypedResults.Ok(TransferJson.Of(entry.ToPosted()));
        }

        return TypedResults.Forbid();
    }

    private static async Task<IResult> ListAsync(string? after, string? limit, ITransferFeed feed, CancellationToken stop)
    {
        var position = 0L;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out position))
            return Problems.BadRequest("'after' must be a position, 0 or more.");
        if (!Page.TryLimit(limit, out var most))
            return Problems.BadRequest(Page.LimitRule);
        var transfers = await feed.ReadAsync(position, most, stop).ConfigureAwait(false);
        return TypedResults.Ok(new
        {
            Transfers = transfers.Select(posted => TransferJson.Of(posted) with { Note = null }),
            Last = await feed.LastPositionAsync(stop).ConfigureAwait(false),
        });
    }
}
