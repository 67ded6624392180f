using System.Security.Cryptography;

namespace Rally.Ledger.Blocks;

/// <summary>
/// What a block's hash and signature are over. Canonical form, 117 bytes, integers as 64 bits in big endian:
/// <code>
///   0  13  ASCII "rally block 1"
///  13   8  height
///  21  32  previous hash
///  53   8  first position
///  61   8  last position
///  69   8  sealed at, milliseconds since 1970-01-01T00:00:00Z
///  77  32  entries hash
/// 109   8  authority
/// </code>
/// The hash is SHA-256 over these bytes. The signature is Ed25519 over these bytes too, not over the hash: so the tag in
/// front keeps a block's signature from ever being one of something else that the same key signs.
/// </summary>
internal sealed record BlockHeader
{
    public const int HashSize = SHA256.HashSizeInBytes;
    public const int CanonicalSize = 117;

    /// <param name="height">From 1, without gaps.</param>
    /// <param name="previousHash">The hash of the block below; <see cref="NoPreviousHash"/> for the first.</param>
    /// <param name="firstPosition">The first entry it covers: the one after the block below, 1 for the first.</param>
    /// <param name="lastPosition">The last entry it covers.</param>
    /// <param name="sealedAt">Kept to the millisecond.</param>
    /// <param name="entriesHash">See <see cref="EntriesHasher"/>.</param>
    /// <param name="authority">The number of the key that signs it.</param>
    /// <exception cref="ArgumentException">Something that no block can have.</exception>
    public BlockHeader(
        long height, byte[] previousHash, long firstPosition, long lastPosition, DateTimeOffset sealedAt, byte[] entriesHash, long authority)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfNotEqual(previousHash.Length, HashSize, nameof(previousHash));
        ArgumentOutOfRangeException.ThrowIfLessThan(firstPosition, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(lastPosition, firstPosition);
        ArgumentOutOfRangeException.ThrowIfNotEqual(entriesHash.Length, HashSize, nameof(entriesHash));
        ArgumentOutOfRangeException.ThrowIfLessThan(authority, 1);
        Height = height;
        PreviousHash = previousHash;
        FirstPosition = firstPosition;
        LastPosition = lastPosition;
        SealedAt = DateTimeOffset.FromUnixTimeMilliseconds(sealedAt.ToUnixTimeMilliseconds());
        EntriesHash = entriesHash;
        Authority = authority;
    }

    /// <summary>The first block's: 32 zero bytes.</summary>
    public static byte[] NoPreviousHash => new byte[HashSize];

    public long Height { get; }

    public byte[] PreviousHash { get; }

    public long FirstPosition { get; }

    public long LastPosition { get; }

    public DateTimeOffset SealedAt { get; }

    public byte[] EntriesHash { get; }

    public long Authority { get; }

    public byte[] ToCanonicalBytes()
    {
        var bytes = new byte[CanonicalSize];
        var writer = new CanonicalWriter(bytes);
        writer.Bytes("rally block 1"u8);
        writer.Integer(Height);
        writer.Bytes(PreviousHash);
        writer.Integer(FirstPosition);
        writer.Integer(LastPosition);
        writer.Time(SealedAt);
        writer.Bytes(EntriesHash);
        writer.Integer(Authority);
        return bytes;
    }

    public byte[] ComputeHash() => SHA256.HashData(ToCanonicalBytes());
}
