using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Rally.Storage;

namespace Rally.Ledger.Blocks;

/// <summary>Closes what the log has grown by into signed blocks. Hashing is done beside the writer; only the signed header is written.</summary>
internal sealed class SealBlocks(Database database, AuthorityKeys keys, RandomNumberGenerator random, TimeProvider time)
{
    /// <summary>Entries in a block; a command is never cut, so the last one may make it a little longer.</summary>
    public const int LargestBlock = 4_096;

    private WordsKey? _words;

    /// <returns>How many blocks were sealed.</returns>
    /// <exception cref="AuthorityKeyException">The private key is missing; the message says what to do.</exception>
    public async Task<int> ExecuteAsync(CancellationToken stop)
    {
        var count = 0;
        while (await SealNextAsync(stop).ConfigureAwait(false))
            count++;
        return count;
    }

    private async Task<bool> SealNextAsync(CancellationToken stop)
    {
        var (below, range) = await database.ReadAsync(async connection =>
        {
            var last = await LastAsync(connection, null, stop).ConfigureAwait(false);
            return (last, await BlockRange.ReadAsync(connection, null, last?.LastPosition ?? 0, LargestBlock, stop).ConfigureAwait(false));
        }, stop).ConfigureAwait(false);
        if (range is null)
            return false;
        _words ??= await WordsKey.LoadAsync(database, random, stop).ConfigureAwait(false);
        var (entriesHash, marks) = range.Hash(_words);
        await database.WriteAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, AuthorityKeys.Lock, stop).ConfigureAwait(false);
            var last = await LastAsync(transaction.Connection!, transaction, stop).ConfigureAwait(false);
            // Another process was quicker: the next look begins behind its block.
            if ((last?.Height ?? 0) != (below?.Height ?? 0))
                return;
            var height = (last?.Height ?? 0) + 1;
            var signer = await keys.ForHeightAsync(transaction, height, stop).ConfigureAwait(false);
            var header = new BlockHeader(
                height, last?.Hash ?? BlockHeader.NoPreviousHash, range.FirstPosition, range.LastPosition, SealedAt(last, range), entriesHash,
                signer.Authority.Number);
            await InsertAsync(transaction, Block.Of(header, signer.Sign(header), marks), stop).ConfigureAwait(false);
        }, stop).ConfigureAwait(false);
        return true;
    }

    /// <summary>Now; never before the block below or the last entry in it, for clocks step back and differ between processes.</summary>
    private DateTimeOffset SealedAt(Block? below, BlockRange range) => new[]
    {
        below?.SealedAt ?? DateTimeOffset.MinValue, range.Entries[^1].PostedAt, time.GetUtcNow(),
    }.Max();

    private static Task<Block?> LastAsync(DbConnection connection, DbTransaction? transaction, CancellationToken stop) =>
        connection.QueryFirstOrDefaultAsync<Block>(new CommandDefinition(
            $"{Block.Select} ORDER BY height DESC LIMIT 1", transaction: transaction, cancellationToken: stop));

    public static Task InsertAsync(DbTransaction transaction, Block block, CancellationToken stop) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            INSERT INTO ledger_block
              (height, previous_hash, first_position, last_position, sealed_at, entries_hash, hash, authority, signature, marks)
            VALUES (@Height, @PreviousHash, @FirstPosition, @LastPosition, @SealedAt, @EntriesHash, @Hash, @Authority, @Signature, @Marks)
            """, block, transaction, cancellationToken: stop));
}
