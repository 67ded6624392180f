using Dapper;
using Rally.Ledger.Coins;
using Rally.Storage;

namespace Rally.Ledger.Events;

/// <summary>Looks up whether there is a coin, for those who are told about one.</summary>
public sealed class FindCoin
{
    private readonly Database _database;

    internal FindCoin(Database database) => _database = database;

    /// <param name="symbol">In either case; RLY is a coin too.</param>
    /// <param name="stop">Ends the read.</param>
    /// <returns>The symbol as the ledger writes it; null when there is no such coin.</returns>
    public async Task<string?> ExecuteAsync(string? symbol, CancellationToken stop) => CoinSymbol.TryNormalize(symbol, out var known)
        ? await _database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "SELECT symbol FROM ledger_coin WHERE symbol = @known", new { known }, cancellationToken: stop)), stop).ConfigureAwait(false)
        : null;
}
