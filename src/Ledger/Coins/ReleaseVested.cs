using Microsoft.Extensions.Options;
using Rally.Ledger.Amounts;
using Rally.Ledger.Journal;

namespace Rally.Ledger.Coins;

/// <summary>Gives creators what of their grants has unlocked.</summary>
internal sealed class ReleaseVested(ReadCoins coins, LedgerWriter ledger, TimeProvider time, IOptions<LedgerOptions> options)
{
    /// <returns>How many creators received something.</returns>
    public async Task<int> ExecuteAsync(CancellationToken stop)
    {
        var granted = (await coins.AllAsync(stop).ConfigureAwait(false)).Where(coin => coin.Terms.Genesis > Amount.Zero);
        var released = 0;
        // What is submitted at once must fit a batch; each makes one entry.
        foreach (var some in granted.Chunk(Math.Min(500, options.Value.LargestBatch)))
        {
            var answers = await ledger.SubmitAsync(
                [.. some.Select(coin => new VestCommand(Guid.CreateVersion7(time.GetUtcNow()), coin.Symbol))], stop).ConfigureAwait(false);
            released += answers.Count(answer => answer is PostResult.Posted);
        }

        return released;
    }
}
