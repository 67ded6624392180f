using System.Diagnostics;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Rally.Ledger.Api;

namespace Rally.Ledger.Spending;

/// <summary>Posts what takes coins from an account, within the limits of the program that asks.</summary>
internal sealed class SpendWithin(IEnumerable<ISpendingGuard> guards)
{
    private readonly ISpendingGuard? _guard = guards.SingleOrDefault();

    /// <summary>Whether programs have limits here.</summary>
    public bool IsOn => _guard is not null;

    /// <param name="user">Who asks.</param>
    /// <param name="spends">Sound ones; an amount that the price decides is the most that it can be.</param>
    /// <param name="post">Posts them.</param>
    /// <param name="posted">What has left in truth, out of its result; null when it was refused.</param>
    /// <param name="problemOf">What to answer then.</param>
    /// <param name="isPending">The coins are held first.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The result, or why there is none.</returns>
    public async Task<(T? Result, IResult? Problem)> RunAsync<T>(
        ClaimsPrincipal user, IReadOnlyList<Spend> spends, Func<Task<T>> post, Func<T, IReadOnlyList<Spend>?> posted,
        Func<T, ProblemHttpResult> problemOf, bool isPending, CancellationToken stop)
        where T : class
    {
        if (_guard is not null)
        {
            switch (await _guard.ReserveAsync(user, spends, stop).ConfigureAwait(false))
            {
                case SpendingVerdict.Allowed:
                    break;
                case SpendingVerdict.IdTaken:
                    return (null, Problems.IdConflict());
                case SpendingVerdict.OverLimit over:
                    return (null, Problems.OverSpendingLimit(over));
                case var other:
                    throw new UnreachableException($"{other}");
            }
        }

        // A fault from here on leaves the outcome unknown: whoever keeps the limits then asks the ledger.
        var result = await post().ConfigureAwait(false);
        if (posted(result) is { } spent)
        {
            if (_guard is not null)
                await _guard.PostedAsync(spent, isPending).ConfigureAwait(false);
            return (result, null);
        }

        var problem = problemOf(result);
        if (_guard is not null)
            await _guard.RefusedAsync(spends, problem.ProblemDetails.Detail ?? "").ConfigureAwait(false);
        return (null, problem);
    }
}
