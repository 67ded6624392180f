namespace Rally.Ledger.Blocks;

/// <summary>The block that the next one must build on.</summary>
internal sealed record BlockTip(long Height, byte[] Hash, long LastPosition, DateTimeOffset SealedAt)
{
    /// <summary>Before the first block.</summary>
    public static BlockTip None { get; } = new(0, BlockHeader.NoPreviousHash, 0, DateTimeOffset.MinValue);

    public static BlockTip Of(Block block) => new(block.Height, block.Hash, block.LastPosition, block.SealedAt);

    /// <summary>What is wrong with the block next to this one but for the entries it covers; null when nothing is.</summary>
    public string? FaultOf(Block next, AuthorityChain authorities)
    {
        if (next.Height != Height + 1)
            return $"it comes after block {Height}.";
        if (!next.PreviousHash.AsSpan().SequenceEqual(Hash))
            return "it is not built on the block below it.";
        if (next.FirstPosition != LastPosition + 1 || next.LastPosition < next.FirstPosition)
            return $"it covers positions {next.FirstPosition} to {next.LastPosition} after position {LastPosition}.";
        if (next.SealedAt < SealedAt)
            return $"it was sealed at {next.SealedAt:u}, before the block below it.";
        if (next.EntriesHash.Length != BlockHeader.HashSize || next.Authority < 1)
            return "its header is none that a block can have.";
        var header = next.ToHeader();
        if (!header.ComputeHash().AsSpan().SequenceEqual(next.Hash))
            return "its hash is not that of its header.";
        return authorities.Verifies(header, next.Signature) ? null : $"it is not signed by the authority of its height.";
    }
}
