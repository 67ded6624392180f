using Dapper;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Ledger.Followers;
using Rally.Ledger.Journal;
using Rally.Ledger.Trades;
using Rally.Storage;

namespace Rally.Ledger.Events;

/// <summary>Looks up what a coin was worth at a place of the log.</summary>
internal sealed class FindPrice(Database database)
{
    /// <returns>RLY for one coin after that entry; null for a coin without a market.</returns>
    public async Task<Amount?> AtAsync(Coin coin, long position, CancellationToken stop)
    {
        if (coin.Curve == CoinCurve.Base)
            return Amount.Coins(1);
        if (Market.Of(coin, coin.Terms.Genesis) is null)
            return null;
        // A curve's price follows from what the mint has issued. Its entries are found by their history, and those that the history
        // has not come to one by one: in one statement, so that the two meet.
        var mint = await database.ReadAsync(connection => connection.ExecuteScalarAsync<long?>(new CommandDefinition($"""
            SELECT coalesce(
              (SELECT CASE WHEN t.debit_account = m.id THEN t.debit_balance ELSE t.credit_balance END
               FROM ledger_transfer t
               WHERE t.position > m.followed AND t.position <= @position AND (t.debit_account = m.id OR t.credit_account = m.id)
               ORDER BY t.position DESC LIMIT 1),
              (SELECT CASE WHEN t.debit_account = m.id THEN t.debit_balance ELSE t.credit_balance END
               FROM ledger_history h
               JOIN ledger_transfer t ON t.position = h.position
               WHERE h.account = m.id AND h.position <= @position
               ORDER BY h.position DESC LIMIT 1))
            FROM (SELECT a.id, coalesce((SELECT f.position FROM ledger_follower f WHERE f.name = '{HistoryFollower.Key}'), 0) AS followed
                  FROM ledger_account a WHERE a.coin = @coin AND a.kind = '{AccountKind.Mint}' AND a.holder IS NULL) m
            """, new { coin = coin.Symbol, position }, cancellationToken: stop)), stop).ConfigureAwait(false);
        return Market.Of(coin, new Amount(-(mint ?? 0)))!.Price;
    }
}
