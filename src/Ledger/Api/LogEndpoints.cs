using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Rally.Ledger.Escrow;
using Rally.Ledger.Journal;
using Rally.Ledger.Transfers;

namespace Rally.Ledger.Api;

/// <summary>The log of what was sent: all of it for everybody, with the words in it for its sides.</summary>
internal static class LogEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/transfers", ListAsync).AllowAnonymous().Limited(RateLimit.Reads)
            .Described("listTransfers", "The public log", "By position, without notes and references.")
            .Produces<TransferPageJson>().Refuses(400);
        api.MapGet("/transfers/{id}", GetAsync).RequireAuthorization().Limited(RateLimit.Reads).Needs(AccountAccess.ReadBalances)
            .Described("getTransfer", "A transfer", "For either of its sides. A pending one says what became of it.")
            .Produces<TransferJson>().Refuses(404);
        api.MapGet("/transfers/{id}/linked", LinkedAsync).RequireAuthorization().Limited(RateLimit.Reads).Needs(AccountAccess.ReadBalances)
            .Described("getLinkedTransfers", "All transfers committed together with this one", "For either side of any of them; notes and references only of the caller's own.")
            .Produces<TransferListJson>().Refuses(404);
    }

    private static async Task<IResult> GetAsync(
        string id, ClaimsPrincipal user, IAuthorizationService authorization, FindTransfer find, FindPending findPending, CancellationToken stop)
    {
        if (!RallyId.TryParse(id, out var transferId) || await find.ExecuteAsync(transferId, stop).ConfigureAwait(false) is not { } entry)
            return Problems.TransferNotFound(id);
        var pending = await PendingOfAsync(entry, findPending, stop).ConfigureAwait(false);
        foreach (var holder in Sides(entry, pending))
        {
            if (await authorization.MayAsync(user, AccountAccess.ReadBalances, holder).ConfigureAwait(false))
            {
                var isIts = pending is not null && entry.Order.Kind == TransferKind.Hold;
                return TypedResults.Ok(TransferJson.Of(entry) with { Pending = isIts ? PendingJson.Of(pending!) : null });
            }
        }

        return TypedResults.Forbid();
    }

    private static async Task<IResult> LinkedAsync(
        string id, ClaimsPrincipal user, IAuthorizationService authorization, FindTransfer find, FindPending findPending, CancellationToken stop)
    {
        if (!RallyId.TryParse(id, out var transferId) || await find.WithLinkedAsync(transferId, stop).ConfigureAwait(false) is not { Count: > 0 } entries)
            return Problems.TransferNotFound(id);
        // Entries of one command belong to at most one pending transfer.
        var pending = await PendingOfAsync(entries[0], findPending, stop).ConfigureAwait(false);
        var readable = new HashSet<Guid>();
        foreach (var holder in entries.SelectMany(entry => Sides(entry, pending)).Distinct())
        {
            if (await authorization.MayAsync(user, AccountAccess.ReadBalances, holder).ConfigureAwait(false))
                readable.Add(holder);
        }

        return readable.Count == 0
            ? TypedResults.Forbid()
            : TypedResults.Ok(new TransferListJson([.. entries.Select(entry =>
                Sides(entry, pending).Any(readable.Contains) ? TransferJson.Of(entry) : TransferJson.Public(entry.ToPosted()))]));
    }

    private static async Task<IResult> ListAsync(
        [Asked(Asked.Number)] string? after, [Asked(Asked.Count)] string? limit, ITransferFeed feed, CancellationToken stop)
    {
        var position = 0L;
        if (after is not null && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out position))
            return Problems.BadRequest("'after' must be a position, 0 or more.");
        if (!Page.TryLimit(limit, out var most))
            return Problems.BadRequest(Page.LimitRule);
        var transfers = await feed.ReadAsync(position, most, stop).ConfigureAwait(false);
        return TypedResults.Ok(new TransferPageJson(
            [.. transfers.Select(TransferJson.Public)], await feed.LastPositionAsync(stop).ConfigureAwait(false)));
    }

    /// <summary>Whose transfer it is; what goes into escrow or out of it is the sender's and the receiver's.</summary>
    private static IEnumerable<Guid> Sides(JournalEntry entry, FindPending.Result? pending)
    {
        if (entry.Order.Debit.Holder is { } from)
            yield return from;
        if (entry.Order.Credit.Holder is { } to)
            yield return to;
        if (pending is not null)
        {
            yield return pending.Hold.Sender;
            yield return pending.Hold.Receiver;
        }
    }

    private static async Task<FindPending.Result?> PendingOfAsync(JournalEntry entry, FindPending find, CancellationToken stop) => entry.Order.Kind switch
    {
        TransferKind.Hold => await find.ExecuteAsync(entry.Order.Id, stop).ConfigureAwait(false),
        TransferKind.Post or TransferKind.Void or TransferKind.Expire =>
            await find.ExecuteAsync(HoldDetails.HoldOf(entry.Order), stop).ConfigureAwait(false),
        _ => null,
    };
}
