namespace Rally.Ledger.Blocks;

/// <summary>A public key that blocks are signed with from a height on, until the next one's.</summary>
internal sealed class Authority
{
    /// <summary>From 1, without gaps.</summary>
    public long Number { get; init; }

    /// <summary>32 bytes.</summary>
    public required byte[] PublicKey { get; init; }

    /// <summary>The first block it may sign.</summary>
    public long FirstHeight { get; init; }

    public DateTimeOffset IntroducedAt { get; init; }

    /// <summary>
    /// The signature of the key before it over <see cref="IntroductionBytes"/>; null for number 1, which an outsider pins.
    /// </summary>
    public byte[]? Introduction { get; init; }

    /// <summary>
    /// What introduces a key: ASCII "rally authority 1", number and first height as 64 bits in big endian, the public key's
    /// 32 bytes; 65 in all.
    /// </summary>
    public static byte[] IntroductionBytes(long number, long firstHeight, byte[] publicKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(publicKey.Length, AuthorityPrivateKey.PublicKeySize, nameof(publicKey));
        var bytes = new byte[17 + (2 * CanonicalWriter.IntegerSize) + publicKey.Length];
        var writer = new CanonicalWriter(bytes);
        writer.Bytes("rally authority 1"u8);
        writer.Integer(number);
        writer.Integer(firstHeight);
        writer.Bytes(publicKey);
        return bytes;
    }

    /// <summary>Whether <paramref name="next"/> was introduced with this key.</summary>
    public bool Introduced(Authority next) =>
        next.Introduction is { } signature &&
        AuthorityPrivateKey.Verify(PublicKey, IntroductionBytes(next.Number, next.FirstHeight, next.PublicKey), signature);
}
