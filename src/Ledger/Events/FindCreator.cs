using Dapper;
using Rally.Ledger.Coins;
using Rally.Storage;

namespace Rally.Ledger.Events;

/// <summary>Looks up whose coin it is, for those who tell of its events.</summary>
public sealed class FindCreator
{
    private readonly Database _database;

    internal FindCreator(Database database) => _database = database;

    /// <param name="symbol">In either case.</param>
    /// <param name="stop">Ends the read.</param>
    /// <returns>The Rally id of the coin's creator; null when there is no such coin, and for RLY.</returns>
    public async Task<Guid?> ExecuteAsync(string symbol, CancellationToken stop) => CoinSymbol.TryNormalize(symbol, out var known)
        ? await _database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Guid?>(new CommandDefinition(
            "SELECT creator FROM ledger_coin WHERE symbol = @known AND creator IS NOT NULL", new { known }, cancellationToken: stop)), stop).ConfigureAwait(false)
        : null;
}
