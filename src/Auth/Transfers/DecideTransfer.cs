using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rally.Auth.Transfers;

/// <summary>
/// A person agrees to a transfer that an app asked for, or refuses it. What is agreed to is marked first and posted then, under an
/// id that stands for the request: should the process end in between, it is posted later, and never twice.
/// </summary>
internal sealed class DecideTransfer(
    TransferRequests requests, PassTransfer pass, TimeProvider time, ILogger<DecideTransfer> log, ITransferLedger? ledger = null) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    internal abstract record Result
    {
        internal sealed record Sent : Result;

        internal sealed record Refused : Result;

        /// <summary>It does not wait for this person (any more).</summary>
        internal sealed record NotWaiting : Result;

        /// <summary>The ledger says no; it waits on.</summary>
        internal sealed record NotSent(string Reason) : Result;
    }

    public async Task<Result> ApproveAsync(TransferRequests.Request request, CancellationToken stop)
    {
        if (!await requests.DecideAsync(request.Id, request.FromAccount, TransferState.Sending, stop))
            return new Result.NotWaiting();
        // Marked: finish, even if the browser goes away.
        return await SendAsync(request, CancellationToken.None) is { } reason ? new Result.NotSent(reason) : new Result.Sent();
    }

    public async Task<Result> RefuseAsync(TransferRequests.Request request, CancellationToken stop) =>
        await requests.DecideAsync(request.Id, request.FromAccount, TransferState.Refused, stop) ? new Result.Refused() : new Result.NotWaiting();

    /// <summary>Posts what was agreed to, then or beforehand, and not finished.</summary>
    /// <param name="since">How long ago at least, so that nobody else is still at it.</param>
    /// <param name="stop">Ends it between two.</param>
    public async Task FinishAsync(TimeSpan since, CancellationToken stop)
    {
        foreach (var request in await requests.UnfinishedAsync(since, stop))
        {
            var refusal = request.State == TransferState.Passing ? await pass.FinishAsync(request, stop) : await SendAsync(request, stop);
            if (refusal is { } reason)
                log.LogInformation("The transfer {Request}, agreed to before, cannot be sent: {Reason}", request.Id, reason);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (ledger is null)
            return;
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await FinishAsync(Interval, stoppingToken);
            }
            catch (Exception outage) when (outage is not OperationCanceledException)
            {
                log.LogError(outage, "Transfers that were agreed to could not be finished; the next try is in {Interval}.", Interval);
            }
        }
    }

    private async Task<string?> SendAsync(TransferRequests.Request request, CancellationToken stop)
    {
        var reason = await ledger!.SendAsync(request.Id, request.Wish, stop);
        await (reason is null ? requests.SentAsync(request.Id) : requests.GiveBackAsync(request.Id));
        return reason;
    }
}
