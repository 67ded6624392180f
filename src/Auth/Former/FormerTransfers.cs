using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Rally.Auth.Apps;
using Rally.Auth.Server;
using Rally.Auth.Transfers;

namespace Rally.Auth.Former;

/// <summary>
/// POST /v1/transactions/transfer/initiate and GET /v1/transactions/{id}/status: an app asks for a transfer of somebody who linked
/// it, who then has an hour to agree on a page, or has agreed beforehand by letting the app spend so much.
/// </summary>
internal sealed class FormerTransfers(
    TransferRequests requests, PassTransfer pass, Consents consents, ClientStore clients, Issuer issuer, TimeProvider time, ITransferLedger? ledger = null)
{
    /// <param name="Amount">A number, or a string with one.</param>
    /// <param name="InputType">COINS, or USD.</param>
    /// <param name="ShowNote">Without it, the receiver alone sees the note; true shows it to apps that the coin's creator has approved too, false to nobody.</param>
    /// <param name="ShowUserName">Whether those apps are told the sender's name.</param>
    internal sealed record InitiateBody(
        string FromRnbUserId, string CoinKind, JsonElement Amount, string? ToRnbUserId = null, string? InputType = null, string? Note = null,
        bool? ShowNote = null, bool? ShowUserName = null, string? ReferenceData = null);

    internal sealed record InitiateAnswer(Guid TransactionId, string Status, string ApprovalUrl, DateTimeOffset ExpiresAt);

    internal sealed record StatusAnswer(Guid TransactionId, string Status, string CoinKind, string Amount, Guid FromRnbUserId, Guid ToRnbUserId, DateTimeOffset ExpiresAt);

    public async Task<IResult> InitiateAsync(HttpContext context)
    {
        if (FormerCaller.Of(context.User) is not { } caller)
            return FormerJson.Unauthorized(context, FormerCaller.TokenNeeded);
        var (body, problem) = await FormerJson.ReadAsync(context.Request);
        if (problem is not null)
            return problem;
        var (wish, fault) = Read(body);
        if (wish is null)
            return FormerJson.BadRequest(fault!);
        if (!await caller.ReachesAsync(wish.From, consents, context.RequestAborted))
            return FormerJson.Forbidden("not-linked", FormerCaller.NotLinked);
        return await ledger!.PlanAsync(wish, context.RequestAborted) switch
        {
            TransferPlan.Ready ready => await MaySendAsync(context, caller, wish.From) ? await PassAsync(context, caller, ready) : await AddAsync(context, caller, ready),
            TransferPlan.Refused refused => NotMade(refused.Type, refused.Reason),
            var other => throw new UnreachableException($"{other}"),
        };
    }

    /// <summary>A person's token says it itself. An app's own never does, so what counts is what the person has allowed the app.</summary>
    private async Task<bool> MaySendAsync(HttpContext context, FormerCaller caller, Guid from) => caller.AccountId is null
        ? await consents.CoverAsync(from, caller.ClientId, [KnownScopes.SendTransfers.Name], context.RequestAborted) &&
            await clients.FindAsync(caller.ClientId, context.RequestAborted) is { } app && app.Scopes.Contains(KnownScopes.SendTransfers.Name)
        : context.User.HasClaim("scope", KnownScopes.SendTransfers.Name);

    private async Task<IResult> PassAsync(HttpContext context, FormerCaller caller, TransferPlan.Ready plan) =>
        await pass.ExecuteAsync(caller.ClientId, plan, context.RequestAborted) switch
        {
            PassTransfer.Result.Sent sent => Initiated(context, sent.Id, "approved", sent.ApproveBy),
            PassTransfer.Result.NotKnown kept => Initiated(context, kept.Id, "pending", kept.ApproveBy),
            PassTransfer.Result.Refused refused => NotMade("not-sent", refused.Reason),
            PassTransfer.Result.NoRoom => await AddAsync(context, caller, plan),
            var other => throw new UnreachableException($"{other}"),
        };

    private async Task<IResult> AddAsync(HttpContext context, FormerCaller caller, TransferPlan.Ready plan) =>
        await requests.AddAsync(caller.ClientId, plan.Wish, plan.To, context.RequestAborted) is var (id, approveBy)
            ? Initiated(context, id, "pending", approveBy)
            : FormerJson.Problem(
                StatusCodes.Status429TooManyRequests, "too-many-waiting", "Too many transfers wait",
                $"At most {TransferRequests.MostOfAppForOne} transfers of an app wait for one person, and {TransferRequests.MostOfApp} in all; wait until some are decided or expire.");

    private IResult Initiated(HttpContext context, Guid id, string status, DateTimeOffset approveBy) =>
        FormerJson.Ok(context, new InitiateAnswer(id, status, $"{issuer.Of(context.Request)}{Paths.Transfers}/{id}", approveBy));

    private static ProblemHttpResult NotMade(string type, string reason) =>
        FormerJson.Problem(StatusCodes.Status422UnprocessableEntity, type, "The transfer cannot be made", reason);

    public async Task<IResult> StatusAsync(HttpContext context, string transactionId)
    {
        if (FormerCaller.Of(context.User) is not { } caller)
            return FormerJson.Unauthorized(context, FormerCaller.TokenNeeded);
        // Others' are as unknown as those there never were.
        return FormerJson.TryId(transactionId, out var id) && await requests.FindAsync(id, context.RequestAborted) is { } request
            && request.ClientId == caller.ClientId && (caller.AccountId is null || caller.AccountId == request.FromAccount)
            ? FormerJson.Ok(context, new StatusAnswer(
                request.Id, request.StatusAt(time.GetUtcNow()), request.Coin, request.Amount, request.FromAccount, request.ToAccount, request.ApproveBy))
            : FormerJson.Problem(StatusCodes.Status404NotFound, "unknown-transaction", "There is no such transaction", "The app has asked for no transfer with this id in the last 30 days.");
    }

    private static (TransferWish? Wish, string? Fault) Read(JsonElement body)
    {
        if (!FormerJson.TryId(FormerJson.Text(body, "fromRnbUserId"), out var from))
            return (null, "'fromRnbUserId' must be a Rally id.");
        Guid? to = null;
        if (Has(body, "toRnbUserId"))
        {
            if (!FormerJson.TryId(FormerJson.Text(body, "toRnbUserId"), out var receiver))
                return (null, "'toRnbUserId' must be a Rally id; leave it out for a donation to the coin's creator.");
            to = receiver;
        }

        if (FormerJson.Text(body, "coinKind") is not { } coin)
            return (null, "'coinKind' must be a coin's symbol.");
        // The digits as they were written: a floating point number would be another amount.
        var amount = body.TryGetProperty("amount", out var value) && value.ValueKind == JsonValueKind.Number ? value.GetRawText() : FormerJson.Text(body, "amount");
        if (amount is null)
            return (null, "'amount' must be a number.");
        if (Has(body, "inputType") && FormerJson.Text(body, "inputType") is not ("COINS" or "USD"))
            return (null, "'inputType' must be COINS or USD.");
        foreach (var member in new[] { "showNote", "showUserName" })
        {
            if (Has(body, member) && body.GetProperty(member).ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                return (null, $"'{member}' must be true or false.");
        }

        foreach (var member in new[] { "note", "referenceData" })
        {
            if (Has(body, member) && FormerJson.Text(body, member) is null && !IsEmpty(body.GetProperty(member)))
                return (null, $"'{member}' must be a string of Unicode.");
        }

        var showsNote = Has(body, "showNote") ? body.GetProperty("showNote").ValueKind == JsonValueKind.True : (bool?)null;
        var showsUserName = Has(body, "showUserName") && body.GetProperty("showUserName").ValueKind == JsonValueKind.True;
        return (new TransferWish(
            from, to, coin, amount, FormerJson.Text(body, "inputType") == "USD",
            showsNote is false ? "" : FormerJson.Text(body, "note") ?? "", FormerJson.Text(body, "referenceData") ?? "", showsUserName, showsNote is true), null);
    }

    private static bool IsEmpty(JsonElement value) => value.ValueKind == JsonValueKind.String && value.ValueEquals("");

    private static bool Has(JsonElement body, string member) => body.TryGetProperty(member, out var value) && value.ValueKind != JsonValueKind.Null;
}
