namespace Rally.Ledger.Blocks;

/// <summary>A block as stored: its header, and what follows from it.</summary>
internal sealed class Block
{
    public const string Select = """
        SELECT height, previous_hash, first_position, last_position, sealed_at, entries_hash, hash, authority, signature, marks
        FROM ledger_block
        """;

    public long Height { get; init; }

    public byte[] PreviousHash { get; init; } = [];

    public long FirstPosition { get; init; }

    public long LastPosition { get; init; }

    public DateTimeOffset SealedAt { get; init; }

    public byte[] EntriesHash { get; init; } = [];

    public byte[] Hash { get; init; } = [];

    public long Authority { get; init; }

    public byte[] Signature { get; init; } = [];

    /// <summary>See <see cref="EntriesHasher.Marks"/>; not signed, and only used to say which entry is not as it was.</summary>
    public byte[] Marks { get; init; } = [];

    public BlockHeader ToHeader() => new(Height, PreviousHash, FirstPosition, LastPosition, SealedAt, EntriesHash, Authority);

    public static Block Of(BlockHeader header, byte[] signature, byte[] marks) => new()
    {
        Height = header.Height,
        PreviousHash = header.PreviousHash,
        FirstPosition = header.FirstPosition,
        LastPosition = header.LastPosition,
        SealedAt = header.SealedAt,
        EntriesHash = header.EntriesHash,
        Hash = header.ComputeHash(),
        Authority = header.Authority,
        Signature = signature,
        Marks = marks,
    };
}
