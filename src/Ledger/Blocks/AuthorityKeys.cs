using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Options;

namespace Rally.Ledger.Blocks;

/// <summary>
/// The keys that sign blocks: private ones in files (see <see cref="AuthorityKeyFolder"/>), public ones in the store. What
/// makes keys or uses them does so in a transaction that holds <see cref="Lock"/>, over all processes.
/// </summary>
internal sealed class AuthorityKeys(IOptions<LedgerOptions> options, RandomNumberGenerator random, TimeProvider time)
{
    /// <summary>For <see cref="Storage.Database.SerializeAsync"/>: sealing a block and introducing a key exclude each other.</summary>
    public const string Lock = "ledger.blocks";

    private readonly AuthorityKeyFolder _folder = new(options.Value.AuthorityKeysFolder);
    private readonly ConcurrentDictionary<long, Signer> _loaded = new();

    /// <summary>The key that signs the block at <paramref name="height"/>; the store's first key is made when there is none.</summary>
    /// <exception cref="AuthorityKeyException">Its private key is missing: nothing may be sealed.</exception>
    public async Task<Signer> ForHeightAsync(DbTransaction transaction, long height, CancellationToken stop)
    {
        var chain = await AuthorityChain.ReadAsync(transaction.Connection!, transaction, stop).ConfigureAwait(false);
        if (chain.Authorities.Count == 0)
            return await IntroduceAsync(transaction, previous: null, firstHeight: 1, stop).ConfigureAwait(false);
        return Load(chain.At(height) ?? throw new InvalidOperationException($"No authority signs height {height}."));
    }

    /// <summary>Makes the store's next key, signs its introduction with the one before it, and stores both.</summary>
    /// <param name="transaction">Holds <see cref="Lock"/>.</param>
    /// <param name="firstHeight">The height of the next block.</param>
    /// <param name="stop">Ends the write.</param>
    /// <returns>Null when the store has no key yet that could introduce one.</returns>
    /// <exception cref="AuthorityKeyException">The private key before it is missing, or the new one cannot be written.</exception>
    public async Task<Authority?> IntroduceNextAsync(DbTransaction transaction, long firstHeight, CancellationToken stop)
    {
        var chain = await AuthorityChain.ReadAsync(transaction.Connection!, transaction, stop).ConfigureAwait(false);
        return chain.Authorities.Count == 0
            ? null
            : (await IntroduceAsync(transaction, Load(chain.Authorities[^1]), firstHeight, stop).ConfigureAwait(false)).Authority;
    }

    /// <returns>Why this authority cannot sign here, in words; null when its private key is here.</returns>
    public string? FaultOf(Authority authority)
    {
        try
        {
            _folder.Load(authority);
            return null;
        }
        catch (AuthorityKeyException missing)
        {
            return missing.Message;
        }
    }

    // A transaction may be rolled back after a key was made in it: the number can then come back with another key.
    private Signer Load(Authority authority)
    {
        if (_loaded.TryGetValue(authority.Number, out var signer) && signer.Authority.PublicKey.AsSpan().SequenceEqual(authority.PublicKey))
            return signer;
        return _loaded[authority.Number] = new(authority, _folder.Load(authority));
    }

    private async Task<Signer> IntroduceAsync(DbTransaction transaction, Signer? previous, long firstHeight, CancellationToken stop)
    {
        var number = (previous?.Authority.Number ?? 0) + 1;
        var key = AuthorityPrivateKey.Create(random);
        var authority = new Authority
        {
            Number = number,
            PublicKey = key.PublicKey,
            FirstHeight = firstHeight,
            IntroducedAt = time.GetUtcNow(),
            Introduction = previous?.Introduce(number, firstHeight, key.PublicKey),
        };
        // The file first: a key file without a row does no harm, a row without its file would end the chain.
        _folder.Save(number, key);
        await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            INSERT INTO ledger_authority (number, public_key, first_height, introduced_at, introduction)
            VALUES (@Number, @PublicKey, @FirstHeight, @IntroducedAt, @Introduction)
            """, authority, transaction, cancellationToken: stop)).ConfigureAwait(false);
        return new(authority, key);
    }

    /// <summary>An authority whose private key is here.</summary>
    internal sealed class Signer(Authority authority, AuthorityPrivateKey key)
    {
        public Authority Authority => authority;

        /// <summary>64 bytes over the header's canonical bytes.</summary>
        public byte[] Sign(BlockHeader header) =>
            header.Authority == authority.Number
                ? key.Sign(header.ToCanonicalBytes())
                : throw new ArgumentException($"The block names authority {header.Authority}, not {authority.Number}.", nameof(header));

        /// <summary>64 bytes over <see cref="Authority.IntroductionBytes"/> of the next authority.</summary>
        public byte[] Introduce(long number, long firstHeight, byte[] publicKey) =>
            key.Sign(Authority.IntroductionBytes(number, firstHeight, publicKey));
    }
}
