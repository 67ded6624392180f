using Microsoft.Extensions.Logging;
using Rally.Auth.Spending;

namespace Rally.Auth.Transfers;

/// <summary>
/// Sends at once what an app asks for, as far as the sender lets it spend (docs/adr/0013). Room is taken first, then the request
/// is kept, then the ledger is asked: should the process end in between, it is finished later, and sent once.
/// </summary>
internal sealed class PassTransfer(TransferRequests requests, SpendingLimits limits, ILogger<PassTransfer> log, ITransferLedger? ledger = null)
{
    internal abstract record Result
    {
        internal sealed record Sent(Guid Id, DateTimeOffset ApproveBy) : Result;

        /// <summary>The ledger could not be asked, or did not answer: it is asked again.</summary>
        internal sealed record NotKnown(Guid Id, DateTimeOffset ApproveBy) : Result;

        /// <summary>There is no room; nothing is kept.</summary>
        internal sealed record NoRoom : Result;

        /// <summary>The ledger says no.</summary>
        internal sealed record Refused(string Reason) : Result;
    }

    /// <param name="clientId">An app that the sender has allowed to send.</param>
    /// <param name="plan">What it asks for.</param>
    /// <param name="stop">Ends the wait for room; from then on the work is finished.</param>
    public async Task<Result> ExecuteAsync(string clientId, TransferPlan.Ready plan, CancellationToken stop)
    {
        var id = requests.NewId();
        var spend = SpendOf(id, plan.Wish);
        if (await limits.ReserveAsync(plan.Wish.From, clientId, [spend], stop) is not SpendingLimits.Verdict.Reserved)
            return new Result.NoRoom();
        var approveBy = await requests.AddPassingAsync(id, clientId, plan.Wish, plan.To);
        try
        {
            return await SendAsync(id, plan.Wish, spend) is { } reason ? new Result.Refused(reason) : new Result.Sent(id, approveBy);
        }
        catch (Exception outage) when (outage is not OperationCanceledException)
        {
            log.LogWarning(outage, "What became of the transfer {Request} is not known yet.", id);
            return new Result.NotKnown(id, approveBy);
        }
    }

    /// <summary>Goes on with one of which the ledger's answer is not known.</summary>
    /// <returns>Null when it is sent; else why not.</returns>
    public async Task<string?> FinishAsync(TransferRequests.Request request, CancellationToken stop)
    {
        var spend = SpendOf(request.Id, request.Wish);
        // Its room is taken still, unless it has lapsed since: then the ledger does not have it, and it must fit anew.
        if (await limits.ReserveAsync(request.FromAccount, request.ClientId, [spend], stop) is SpendingLimits.Verdict.Reserved)
            return await SendAsync(request.Id, request.Wish, spend);
        await requests.GiveBackAsync(request.Id);
        return "The sender no longer lets the app spend as much, and is asked.";
    }

    private async Task<string?> SendAsync(Guid id, TransferWish wish, SpendingLimits.Spend spend)
    {
        var reason = await ledger!.SendAsync(id, wish, CancellationToken.None);
        if (reason is null)
        {
            await limits.PostedAsync(wish.From, [spend]);
            await requests.SentAsync(id);
        }
        else
        {
            await limits.RefusedAsync(wish.From, [spend.TransferId], reason);
            await requests.FailedAsync(id);
        }

        return reason;
    }

    private SpendingLimits.Spend SpendOf(Guid id, TransferWish wish)
    {
        var (transferId, minorUnits) = ledger!.SpendOf(id, wish);
        return new(transferId, wish.Coin, minorUnits, wish.To);
    }
}
