using System.Security.Claims;
using Rally.Auth.Spending;
using Rally.Ledger.Amounts;
using Rally.Ledger.Spending;

namespace Rally.Bot.Hosting;

/// <summary>Brings the ledger and the limits that people set for apps together, since neither module knows the other.</summary>
internal sealed class SpendingGuard(SpendingLimits limits) : ISpendingGuard
{
    public async Task<SpendingVerdict> ReserveAsync(ClaimsPrincipal spender, IReadOnlyList<Spend> spends, CancellationToken stop) =>
        // One that says no client has no limits either, so it spends nothing.
        await limits.ReserveAsync(spends[0].From, spender.FindFirstValue("client_id") ?? "", [.. spends.Select(Translate)], stop) switch
        {
            SpendingLimits.Verdict.Reserved => new SpendingVerdict.Allowed(),
            SpendingLimits.Verdict.OverLimit over => new SpendingVerdict.OverLimit(
                over.Coin, (Rally.Ledger.Spending.SpendingBound)over.Bound, new Amount(over.AllowedMinorUnits), new Amount(over.LeftMinorUnits)),
            _ => new SpendingVerdict.IdTaken(),
        };

    public Task PostedAsync(IReadOnlyList<Spend> spends, bool isPending) =>
        limits.PostedAsync(spends[0].From, [.. spends.Select(Translate)], isPending);

    public Task RefusedAsync(IReadOnlyList<Spend> spends, string reason) =>
        limits.RefusedAsync(spends[0].From, spends.Select(spend => spend.Id), reason);

    private static SpendingLimits.Spend Translate(Spend spend) => new(spend.Id, spend.Coin, spend.Amount.MinorUnits, spend.To);
}

/// <summary>Tells those who keep the limits what became of a spend.</summary>
internal sealed class SpendingOutcomes(FindSpent find) : ISpendingOutcomes
{
    public async Task<SpendingOutcome?> FindAsync(Guid account, Guid transferId, CancellationToken stop) =>
        await find.ExecuteAsync(account, transferId, stop) is { } spent ? new(spent.Amount.MinorUnits, spent.IsPending) : null;
}
