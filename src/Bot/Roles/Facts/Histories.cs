using Dapper;
using Rally.Bot.Network;
using Rally.Bot.Roles.Rules;
using Rally.Ledger.Amounts;
using Rally.Storage;

namespace Rally.Bot.Roles.Facts;

/// <summary>
/// What linked accounts did with a coin over time: read from the network's history of that account, which it has let the bot see, and
/// kept with the position it reaches. Only of coins that a rule asks about, and what is lost is built again from the network.
/// </summary>
internal sealed class Histories(Database database, RallyClient network, CoinCreators creators, TimeProvider time)
{
    private const int PageSize = 1_000;

    // Histories are built behind the log, usually within a tenth of a second.
    private const int MostTries = 10;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(100);

    /// <param name="position">What is read has to reach this place of the log, that of the balances it is held against.</param>
    /// <exception cref="NetworkException">The network is out of reach, or its histories are not as far yet: nothing is known.</exception>
    public async Task<AccountHistory> ReadAsync(Guid rallyId, string coin, long position, CancellationToken stop)
    {
        var kept = await database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Row>(
            "SELECT position, document FROM bot_history WHERE rally_id = @rallyId AND coin = @coin", new { rallyId, coin }), stop);
        // A log that ends before what was read of it is another one: the network was restored from a backup.
        if (kept is null || kept.Position > position)
            return await BuildAsync(rallyId, coin, AccountHistory.Empty, 0, position, stop);
        var known = RuleJson.Read<AccountHistory>(kept.Document);
        return kept.Position == position ? known : await BuildAsync(rallyId, coin, known, kept.Position, position, stop);
    }

    private async Task<AccountHistory> BuildAsync(
        Guid rallyId, string coin, AccountHistory history, long after, long position, CancellationToken stop)
    {
        var newer = new List<HistoryEntry>();
        var tries = 0;
        for (long? before = null; ;)
        {
            var page = await network.ReadHistoryAsync(rallyId, coin, before, PageSize, stop)
                ?? throw new NetworkException("The Rally network does not let the bot read the history of a fan who allowed it. Check the bot's scopes there.");
            if (page.Position < position)
            {
                if (++tries == MostTries)
                    throw new NetworkException($"The Rally network's histories reach position {page.Position} of {position}.");
                await Task.Delay(BetweenTries, time, stop);
                continue;
            }

            // What came meanwhile, and is newer than the balances, belongs to the next reading; so what is kept is of one moment.
            newer.AddRange(page.Transfers.Where(entry => entry.Position > after && entry.Position <= position));
            if (page.Next is null || page.Next <= after || page.Transfers.Count == 0)
                break;
            before = page.Next;
        }

        var creator = newer.Count == 0 ? null : await creators.OfAsync(coin, stop);
        foreach (var entry in newer.OrderBy(entry => entry.Position))
        {
            var isDonation = creator is not null && entry.From == rallyId && entry.To == creator && entry.Kind == "transfer";
            history = history.After(entry.PostedAt, entry.BalanceAfter, isDonation ? entry.Amount : Amount.Zero);
        }

        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO bot_history (rally_id, coin, position, document) VALUES (@rallyId, @coin, @position, @document)
            ON CONFLICT (rally_id, coin) DO UPDATE SET position = excluded.position, document = excluded.document
            """, new { rallyId, coin, position, document = RuleJson.Write(history) }, transaction), stop);
        return history;
    }

    private sealed record Row(long Position, string Document);
}
