using System.Data.Common;
using Rally.Bot.Linking;
using Rally.Bot.Roles;

namespace Rally.Bot.Network;

/// <summary>Reads from the network's public log what its events did not bring, and marks the members concerned.</summary>
internal sealed class CatchUp(RallyClient network, DirtyMembers dirty, NetworkLife life)
{
    private const int PageSize = 500;

    // Beyond, looking at everyone is less work than reading what happened.
    private const long MostToRead = 20_000;

    /// <param name="after">The last place that was dealt with.</param>
    /// <param name="stop">Ends it between two pages; what was read is noted.</param>
    /// <returns>How many places of the log were missed.</returns>
    /// <exception cref="NetworkException">The network is out of reach.</exception>
    public async Task<long> ExecuteAsync(long after, CancellationToken stop)
    {
        var missed = 0L;
        while (true)
        {
            var page = await network.ReadLogAsync(after, PageSize, stop);
            if (page.Last < after || page.Last - after > MostToRead)
            {
                // A log that is shorter than it was is another one: the network was restored from a backup.
                await dirty.MarkAllAsync(page.Last < after ? "the network's log went back" : "much happened while nothing was heard", stop);
                await dirty.InTransactionAsync(async transaction => await NotedAsync(transaction, page.Last), stop);
                return missed + Math.Abs(page.Last - after);
            }

            if (page.Transfers.Count == 0)
                return missed;
            await dirty.InTransactionAsync(transaction => MarkAsync(transaction, page), stop);
            missed += page.Transfers.Count;
            after = page.Transfers[^1].Position;
        }
    }

    /// <summary>Marks whoever a transfer concerns, whichever way the bot hears of it.</summary>
    public static async Task MarkAsync(DbTransaction transaction, DirtyMembers dirty, LoggedTransfer transfer)
    {
        foreach (var userId in await Links.FindByRallyIdsAsync(transaction, transfer.From, transfer.To))
            await dirty.MarkForCoinAsync(transaction, userId, transfer.Coin, $"transfer {transfer.Position}: {transfer.Amount} {transfer.Coin}");
    }

    private async Task<bool> MarkAsync(DbTransaction transaction, LogPage page)
    {
        foreach (var transfer in page.Transfers)
            await MarkAsync(transaction, dirty, transfer);
        return await NotedAsync(transaction, page.Transfers[^1].Position);
    }

    private async Task<bool> NotedAsync(DbTransaction transaction, long position)
    {
        await life.ReachedAsync(transaction, position);
        return true;
    }
}
