using System.Buffers.Binary;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Rally.Storage;

namespace Rally.Ledger.Blocks;

/// <summary>
/// Hides what people wrote from the public chain and still binds it: a block covers a commitment to an entry's note and
/// reference, salted by a key of the installation. Who is given the salt of one entry can check that entry's words; who is
/// given the key, as an export is, can check all.
/// </summary>
internal sealed class WordsKey(byte[] key)
{
    public const int Size = 32;

    private readonly byte[] _key = key.Length == Size ? key : throw new ArgumentException($"A words key has {Size} bytes.", nameof(key));

    public ReadOnlySpan<byte> Bytes => _key;

    /// <summary>The store's key; made when there is none yet.</summary>
    public static Task<WordsKey> LoadAsync(Database database, RandomNumberGenerator random, CancellationToken stop) =>
        database.WriteAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, "ledger.words-key", stop).ConfigureAwait(false);
            if (await FindAsync(transaction.Connection!, transaction).ConfigureAwait(false) is { } known)
                return known;
            var made = new byte[Size];
            random.GetBytes(made);
            await InsertAsync(transaction, made).ConfigureAwait(false);
            return new WordsKey(made);
        }, stop);

    /// <returns>Null when the store has none yet, since nothing was sealed.</returns>
    public static async Task<WordsKey?> FindAsync(DbConnection connection, DbTransaction? transaction)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>("SELECT key FROM ledger_words_key", transaction: transaction).ConfigureAwait(false);
        return row is null ? null : new(row.Key);
    }

    public static Task InsertAsync(DbTransaction transaction, byte[] key) =>
        transaction.Connection!.ExecuteAsync("INSERT INTO ledger_words_key (id, key) VALUES (1, @key)", new { key }, transaction);

    /// <summary>32 bytes: HMAC-SHA256 of the entry's id.</summary>
    public byte[] SaltOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return HMACSHA256.HashData(_key, bytes);
    }

    /// <returns>32 bytes; null for an entry without words.</returns>
    public byte[]? Commit(Guid id, string note, string reference) =>
        note.Length == 0 && reference.Length == 0 ? null : Commit(SaltOf(id), note, reference);

    /// <summary>SHA-256 over the salt and both texts in the chain's form of strings.</summary>
    public static byte[] Commit(ReadOnlySpan<byte> salt, string note, string reference)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(salt);
        Append(hash, note);
        Append(hash, reference);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = new byte[4 + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, bytes.Length - 4);
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(4));
        hash.AppendData(bytes);
    }

    private sealed class Row
    {
        public byte[] Key { get; init; } = [];
    }
}
