using Rally.Auth.Transfers;
using Rally.Ledger.Amounts;
using Rally.Ledger.Transfers;

namespace Rally.Bot.Hosting;

/// <summary>The ledger of this process, for transfers that apps ask for and people agree to.</summary>
internal sealed class TransferLedger(RequestedTransfers transfers) : ITransferLedger
{
    public async Task<TransferPlan> PlanAsync(TransferWish wish, CancellationToken stop) =>
        await transfers.PlanAsync(Of(wish), stop) switch
        {
            RequestedTransfers.Result.Planned planned => new TransferPlan.Ready(
                wish with { To = planned.To, Coin = planned.Coin, Amount = planned.Amount.ToString(), IsInUsd = false }, planned.To),
            RequestedTransfers.Result.Refused refused => new TransferPlan.Refused(refused.Type, refused.Reason),
            var other => throw new InvalidOperationException($"{other}"),
        };

    public async Task<string?> LeftAsync(Guid from, Guid to, string coin, CancellationToken stop) =>
        (await transfers.LeftAsync(from, to, coin, stop))?.ToString();

    public (Guid TransferId, long MinorUnits) SpendOf(Guid request, TransferWish wish) =>
        (RequestedTransfers.TransferIdOf(request), Planned(wish).Amount.MinorUnits);

    public Task<string?> SendAsync(Guid request, TransferWish wish, CancellationToken stop) =>
        transfers.SendAsync(request, Of(wish), Planned(wish), stop);

    private static RequestedTransfers.Wish Of(TransferWish wish) => new(
        wish.From, wish.To, wish.Coin, wish.Amount, wish.IsInUsd, wish.Note, wish.Reference, wish.ShowsUserName, wish.ShowsMemo);

    private static RequestedTransfers.Result.Planned Planned(TransferWish wish) =>
        wish is { To: { } to, IsInUsd: false } && Amount.TryParse(wish.Amount, out var amount)
            ? new(to, wish.Coin, amount)
            : throw new ArgumentException("Only what was planned can be sent.", nameof(wish));
}
