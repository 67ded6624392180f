using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Ledger.Blocks;

/// <summary>
/// Makes the next key that signs blocks, introduced by the present one, from the next block on. The old private key's file
/// stays: once a block of the new key is sealed it has no use any more, and the operator may delete it.
/// </summary>
public sealed class RotateAuthority
{
    private readonly Database _database;
    private readonly AuthorityKeys _keys;

    internal RotateAuthority(Database database, AuthorityKeys keys) => (_database, _keys) = (database, keys);

    /// <summary>What became of it.</summary>
    public abstract record Result
    {
        private Result()
        {
        }

        /// <summary>The next key is there, durably.</summary>
        /// <param name="Number">Its number.</param>
        /// <param name="PublicKey">32 bytes in hexadecimal.</param>
        /// <param name="FirstHeight">The first block it signs.</param>
        public sealed record Rotated(long Number, string PublicKey, long FirstHeight) : Result;

        /// <summary>No block was ever sealed, so there is no key to rotate: the first block makes the first one.</summary>
        public sealed record NothingSealed : Result;
    }

    /// <summary>Rotates the key, or says why not.</summary>
    /// <exception cref="IOException">The present private key is missing or the new one cannot be written; the message says how to mend it.</exception>
    public Task<Result> ExecuteAsync(CancellationToken stop) =>
        _database.WriteAsync(transaction => RotateAsync(transaction, stop), stop);

    private async Task<Result> RotateAsync(DbTransaction transaction, CancellationToken stop)
    {
        await _database.SerializeAsync(transaction, AuthorityKeys.Lock, stop).ConfigureAwait(false);
        var height = await transaction.Connection!.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT COALESCE(MAX(height), 0) FROM ledger_block", transaction: transaction, cancellationToken: stop)).ConfigureAwait(false);
        return await _keys.IntroduceNextAsync(transaction, height + 1, stop).ConfigureAwait(false) is { } next
            ? new Result.Rotated(next.Number, Convert.ToHexStringLower(next.PublicKey), next.FirstHeight)
            : new Result.NothingSealed();
    }
}
