using Dapper;
using Rally.Storage;

namespace Rally.Ledger.Blocks;

/// <summary>Whether the private key is here that signs a store's next block.</summary>
public sealed class FindKeyFault
{
    private readonly AuthorityKeys _keys;

    internal FindKeyFault(AuthorityKeys keys) => _keys = keys;

    /// <param name="database">A store with the ledger's tables.</param>
    /// <param name="stop">Ends the read.</param>
    /// <returns>Why no further block can be sealed here, in words; null when the key is here, or the first block has yet to make it.</returns>
    public Task<string?> ExecuteAsync(Database database, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(database);
        return database.ReadAsync(async connection =>
        {
            var chain = await AuthorityChain.ReadAsync(connection, transaction: null, stop).ConfigureAwait(false);
            var height = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                "SELECT coalesce(max(height), 0) FROM ledger_block", cancellationToken: stop)).ConfigureAwait(false);
            return chain.At(height + 1) is { } next ? _keys.FaultOf(next) : null;
        }, stop);
    }
}
