using System.Text.Json;
using Rally.Ledger.Blocks;
using Rally.Ledger.Coins;
using Rally.Ledger.Curves;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;

namespace Rally.Ledger.Exit;

/// <summary>
/// Checks a log as an export tells it, line by line: everything in its place, each block's hash and signature, and the log
/// added up from nothing. Memory grows with the accounts, not with the log.
/// </summary>
internal sealed class LogCheck : IDisposable
{
    private readonly AuthorityChain _authorities;
    private readonly WordsKey? _words;
    private readonly JournalReplay _replay = new([]);
    private EntriesHasher _hasher = new(1, []);
    private BlockTip _tip = BlockTip.None;
    private LaunchRow? _launch;
    private bool _commandMustEnd;

    public LogCheck(LedgerLine.Header header)
    {
        _authorities = new(header.Authorities);
        _words = header.WordsKey is { } key ? new(key) : null;
    }

    /// <summary>The last entry found right.</summary>
    public long Position => _replay.LastPosition;

    /// <summary>The last block found right.</summary>
    public long Height => _tip.Height;

    /// <summary>That block with its marks, worked out from its entries.</summary>
    public Block? Block { get; private set; }

    /// <summary>The coin that was launched last.</summary>
    public Coin? Coin { get; private set; }

    /// <param name="pinned">The first authority's public key; null to take the export's word for it.</param>
    /// <returns>What is wrong with the authorities, in words; null when they are right.</returns>
    public string? AuthorityFault(byte[]? pinned) => pinned is not null && _authorities.Authorities.Count == 0
        ? "it has no authority, so nothing in it is signed by the pinned one."
        : _authorities.FindFault(pinned);

    /// <returns>What is wrong with the launch, in words; null when it is right.</returns>
    public string? Add(LaunchRow launch)
    {
        if (launch.LaunchedAfter != Position)
            return $"{launch.Symbol} was launched after position {launch.LaunchedAfter}, and stands after {Position}.";
        if (_launch is { } before && before.LaunchedAfter == Position && string.CompareOrdinal(before.Symbol, launch.Symbol) >= 0)
            return $"{launch.Symbol} stands behind {before.Symbol}.";
        if (Fault(launch) is { } impossible)
            return impossible;
        Coin = CoinOf(launch);
        if (Coin is null)
            return $"the terms of {launch.Symbol} cannot be read.";
        if (!_replay.Launch(Coin))
            return $"{launch.Symbol} is launched a second time.";
        (_launch, _commandMustEnd) = (launch, true);
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
        if (_replay.Add(entry) is { } fault)
            return fault;
        _commandMustEnd = false;
        if (_words is not null)
            _hasher.Add(LogRow.Of(entry, _words));
        return null;
    }

    /// <returns>What is wrong with the block, in words; null when it is right.</returns>
    public string? Add(Block block)
    {
        if (_tip.FaultOf(block, _authorities) is { } misplaced)
            return $"block {block.Height}: {misplaced}";
        if (_words is null)
            return $"block {block.Height}: there is no words key to check it with.";
        if (block.LastPosition != Position || _launch?.LaunchedAfter == Position)
            return $"block {block.Height} ends at position {block.LastPosition}, and stands after {Position}.";
        if (_replay.EndCommand() is { } unbacked)
            return unbacked;
        var (hash, marks) = (_hasher.Finish(), _hasher.Marks());
        if (!hash.AsSpan().SequenceEqual(block.EntriesHash))
        {
            return $"block {block.Height}: the entries from position {block.FirstPosition} to {block.LastPosition}, or the launches " +
                "between them, are not those that were sealed.";
        }

        (_tip, _commandMustEnd) = (BlockTip.Of(block), true);
        Block = Block.Of(block.ToHeader(), block.Signature, marks);
        _hasher.Dispose();
        _hasher = new(Position + 1, []);
        return null;
    }

    /// <param name="lastPosition">Where the log must end.</param>
    /// <returns>What is wrong with it as a whole, in words; null when it is right.</returns>
    public string? End(long lastPosition)
    {
        if (Position != lastPosition)
            return $"the log ends at position {Position} instead of {lastPosition}.";
        return _replay.End();
    }

    public void Dispose() => _hasher.Dispose();

    private static string? Fault(LaunchRow launch)
    {
        if (!CoinSymbol.TryNormalize(launch.Symbol, out var symbol) || symbol != launch.Symbol)
            return $"'{launch.Symbol}' is not a coin's symbol.";
        if (!PlainText.IsPlain(launch.Name) || !PlainText.IsPlain(launch.Image) || !PlainText.IsPlain(launch.Terms))
            return $"what is said of {launch.Symbol} holds control characters.";
        if (launch.Supply < 0)
            return $"{launch.Symbol} has a supply below zero.";
        if ((launch.Symbol == CoinSymbol.Rly) != (launch.Curve == CoinCurve.Base) || (launch.Creator is null) != (launch.Curve == CoinCurve.Base))
            return $"{launch.Symbol} has the curve {launch.Curve} or the creator of another coin.";
        return launch.Curve is CoinCurve.Base or CoinCurve.Fixed || Curve.Named(launch.Curve) is not null
            ? null
            : $"{launch.Symbol} has a curve that is not known, {launch.Curve}.";
    }

    private static Coin? CoinOf(LaunchRow launch)
    {
        try
        {
            return CoinRow.Of(launch).ToCoin();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
