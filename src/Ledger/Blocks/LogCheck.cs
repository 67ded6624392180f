using System.Text.Json;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;

namespace Rally.Ledger.Blocks;

/// <summary>
/// Checks a log as a store or an export tells it, piece by piece: every launch, entry and block in its place, each block's
/// hash and signature, and the log added up from nothing. Memory grows with the accounts and the open pending transfers,
/// not with the log.
/// </summary>
internal sealed class LogCheck : IDisposable
{
    private readonly WordsKey? _words;
    private readonly DateTimeOffset _latest;
    private EntriesHasher _hasher;
    private LaunchRow? _launch;
    private Block? _expected;
    private bool _commandMustEnd;

    /// <param name="authorities">Whose blocks they are.</param>
    /// <param name="words">Null when nothing was ever sealed.</param>
    /// <param name="latest">No entry and no launch can be later.</param>
    public LogCheck(AuthorityChain authorities, WordsKey? words, DateTimeOffset latest)
        : this(authorities, words, latest, BlockTip.None, new JournalReplay([]))
    {
    }

    /// <summary>Goes on behind a block.</summary>
    public LogCheck(AuthorityChain authorities, WordsKey? words, DateTimeOffset latest, BlockTip tip, JournalReplay replay)
    {
        (Authorities, _words, _latest, Tip, Replay) = (authorities, words, latest, tip, replay);
        _hasher = new(replay.LastPosition + 1, []);
    }

    public AuthorityChain Authorities { get; }

    /// <summary>What the log has come to.</summary>
    public JournalReplay Replay { get; }

    /// <summary>The last entry found right.</summary>
    public long Position => Replay.LastPosition;

    /// <summary>The last block found right.</summary>
    public BlockTip Tip { get; private set; }

    /// <summary>Entries behind that block: nobody has signed them.</summary>
    public long UnsignedEntries => Position - Tip.LastPosition;

    /// <summary>Coins launched behind that block, but for RLY, which every ledger has.</summary>
    public long UnsignedLaunches { get; private set; }

    /// <summary>That block with its marks, worked out from its entries.</summary>
    public Block? Block { get; private set; }

    /// <summary>The coin that was launched last.</summary>
    public Coin? Coin { get; private set; }

    /// <param name="pinned">The first authority's public key; null to take the log's word for it.</param>
    /// <returns>What is wrong with the authorities, in words; null when they are right.</returns>
    public string? AuthorityFault(byte[]? pinned) => pinned is not null && Authorities.Authorities.Count == 0
        ? "There is no authority, so nothing is signed by the pinned one."
        : Authorities.FindFault(pinned);

    /// <returns>What is wrong with the launch, in words; null when it is right.</returns>
    public string? Add(LaunchRow launch)
    {
        if (launch.LaunchedAfter != Position)
            return $"{launch.Symbol} was launched after position {launch.LaunchedAfter}, and stands after {Position}.";
        if (_launch is { } before && before.LaunchedAfter == Position && string.CompareOrdinal(before.Symbol, launch.Symbol) >= 0)
            return $"{launch.Symbol} stands behind {before.Symbol}.";
        if (Fault(launch) is { } impossible)
            return impossible;
        if (!Replay.Launch(Coin!))
            return $"{launch.Symbol} is launched a second time.";
        (_launch, _commandMustEnd) = (launch, true);
        UnsignedLaunches += launch.Symbol == CoinSymbol.Rly ? 0 : 1;
        _hasher.Add(launch);
        return null;
    }

    /// <returns>What is wrong with the entry, in words; null when it is right.</returns>
    public string? Add(JournalEntry entry)
    {
        if (_commandMustEnd && entry.Link != 0)
            return $"position {entry.Position} belongs to a command that a block or a launch cuts.";
        if (entry.Order.Details is { } details && !PlainText.IsPlain(details))
            return $"position {entry.Position}: its details hold control characters.";
        if (entry.PostedAt > _latest)
            return $"position {entry.Position}: it was posted at {entry.PostedAt:u}, which is still to come.";
        if (Replay.Add(entry) is { } fault)
            return fault;
        _commandMustEnd = false;
        if (_words is not null)
            _hasher.Add(LogRow.Of(entry, _words));
        return null;
    }

    /// <summary>The public key that the chain begins with, in hexadecimal; null when there is none.</summary>
    public string? FirstAuthority => Authorities.Authorities.Count > 0 ? Convert.ToHexStringLower(Authorities.Authorities[0].PublicKey) : null;

    /// <returns>Why the last block is not the one that is known, in words; null when it is, or is another one.</returns>
    public string? PinFault(VerifyLedger.KnownBlock known) => Tip.Height == known.Height && !Tip.Hash.AsSpan().SequenceEqual(known.Hash)
        ? $"Block {known.Height}: its hash is {Convert.ToHexStringLower(Tip.Hash)}, not the known one. This is another chain."
        : null;

    /// <returns>Why the chain does not come up to the block that is known, in words; null when it does.</returns>
    public string? PinMissing(VerifyLedger.KnownBlock known) => Tip.Height < known.Height
        ? $"The chain ends with block {Tip.Height}, before the known block {known.Height}: its end is missing."
        : null;

    /// <summary>Looks at the next block before the entries that it covers are looked at.</summary>
    /// <returns>What is wrong with it, in words; null when it is right.</returns>
    public string? Expect(Block block)
    {
        if (Tip.FaultOf(block, Authorities) is { } misplaced)
            return $"block {block.Height}: {misplaced}";
        if (_words is null)
            return $"block {block.Height}: there is no words key to check it with.";
        _expected = block;
        return null;
    }

    /// <summary>Adds the block behind the last entry that it covers.</summary>
    /// <returns>What is wrong with it, in words; null when it is right.</returns>
    public string? Add(Block block)
    {
        if (block != _expected && Expect(block) is { } misplaced)
            return misplaced;
        if (block.LastPosition != Position || _launch?.LaunchedAfter == Position)
            return $"block {block.Height} ends at position {block.LastPosition}, and stands after {Position}.";
        if (Replay.EndCommand() is { } unfinished)
            return unfinished;
        var (hash, marks) = (_hasher.Finish(), _hasher.Marks());
        if (!hash.AsSpan().SequenceEqual(block.EntriesHash))
        {
            return $"block {block.Height}: the entries from position {block.FirstPosition} to {block.LastPosition}, or the launches " +
                "between them, are not those that were sealed.";
        }

        (Tip, UnsignedLaunches, _commandMustEnd) = (BlockTip.Of(block), 0, true);
        Block = Block.Of(block.ToHeader(), block.Signature, marks);
        _hasher.Dispose();
        _hasher = new(Position + 1, []);
        return null;
    }

    /// <param name="lastPosition">Where the log must end.</param>
    /// <returns>What is wrong with it as a whole, in words; null when it is right.</returns>
    public string? End(long lastPosition) => Position != lastPosition
        ? $"the log ends at position {Position} instead of {lastPosition}."
        : Replay.End();

    public void Dispose() => _hasher.Dispose();

    private string? Fault(LaunchRow launch)
    {
        if (!CoinSymbol.TryNormalize(launch.Symbol, out var symbol) || symbol != launch.Symbol)
            return $"'{launch.Symbol}' is not a coin's symbol.";
        if (!PlainText.IsPlain(launch.Terms))
            return $"the terms of {launch.Symbol} hold control characters.";
        if ((launch.Symbol == CoinSymbol.Rly) != (launch.Curve == CoinCurve.Base) || (launch.Creator is null) != (launch.Curve == CoinCurve.Base))
            return $"{launch.Symbol} has the curve {launch.Curve} or the creator of another coin.";
        if (launch.LaunchedAt > _latest)
            return $"{launch.Symbol} was launched at {launch.LaunchedAt:u}, which is still to come.";
        Coin = CoinOf(launch);
        if (Coin is null)
            return $"the terms of {launch.Symbol} cannot be read.";
        return launch.Curve != CoinCurve.Base && LaunchCoin.Fault(Coin) is { } fault ? $"{launch.Symbol} cannot be launched so: {fault}" : null;
    }

    private static Coin? CoinOf(LaunchRow launch)
    {
        try
        {
            var coin = CoinRow.Of(launch).ToCoin();
            // The text 'null' is JSON too.
            return coin.Terms is null ? null : coin;
        }
        catch (Exception unreadable) when (unreadable is JsonException or ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }
}
