using System.Security.Claims;

namespace Rally.Ledger.Spending;

/// <summary>
/// Asked by the API before coins leave an account on a program's word, and told what came of it. The host registers one
/// where programs have limits.
/// </summary>
public interface ISpendingGuard
{
    /// <summary>Takes room for all of these or none; the same again takes it once.</summary>
    /// <param name="spender">The token's principal.</param>
    /// <param name="spends">Of one account, above zero, with an id each.</param>
    /// <param name="stop">Ends the wait.</param>
    Task<SpendingVerdict> ReserveAsync(ClaimsPrincipal spender, IReadOnlyList<Spend> spends, CancellationToken stop);

    /// <summary>They are in the log: since now, or since the same was asked before.</summary>
    /// <param name="spends">With what has left in truth.</param>
    /// <param name="isPending">They are held, and may come back.</param>
    Task PostedAsync(IReadOnlyList<Spend> spends, bool isPending);

    /// <summary>The ledger has refused them.</summary>
    Task RefusedAsync(IReadOnlyList<Spend> spends, string reason);
}
