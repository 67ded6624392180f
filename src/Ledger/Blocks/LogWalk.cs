using System.Data.Common;
using Dapper;
using Rally.Ledger.Coins;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;

namespace Rally.Ledger.Blocks;

/// <summary>
/// Goes through a store's log as of one moment, block by block and then through what no block covers, checks all of it, and
/// compares what the store keeps beside the log.
/// </summary>
internal sealed class LogWalk : IDisposable
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _moment;
    private long _launches;
    private bool _isDone;

    private LogWalk(DbConnection connection, DbTransaction moment, WordsKey? words, LogCheck check, long launches, long lastPosition)
    {
        (_connection, _moment, _launches) = (connection, moment, launches);
        (Words, Check, LastPosition) = (words, check, lastPosition);
    }

    public LogCheck Check { get; }

    /// <summary>Null when nothing was ever sealed.</summary>
    public WordsKey? Words { get; }

    /// <summary>The log's end.</summary>
    public long LastPosition { get; }

    /// <summary>The block that covers what <see cref="NextAsync"/> returned last; null when none does.</summary>
    public Block? Block { get; private set; }

    /// <summary>The first thing that is wrong, as a sentence; null when nothing was found to be.</summary>
    public string? Fault { get; private set; }

    /// <param name="connection">To the store.</param>
    /// <param name="moment">See <see cref="Moment"/>.</param>
    /// <param name="latest">No entry can be later.</param>
    /// <param name="from">To go on behind a block; null to begin at the beginning.</param>
    /// <param name="stop">Ends it.</param>
    public static async Task<LogWalk> BeginAsync(
        DbConnection connection, DbTransaction moment, DateTimeOffset latest, VerifyState? from, CancellationToken stop)
    {
        var last = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT coalesce(max(position), 0) FROM ledger_transfer", transaction: moment, cancellationToken: stop)).ConfigureAwait(false);
        var authorities = await AuthorityChain.ReadAsync(connection, moment, stop).ConfigureAwait(false);
        var words = await WordsKey.FindAsync(connection, moment).ConfigureAwait(false);
        if (from is null)
            return new(connection, moment, words, new LogCheck(authorities, words, latest), 0, last);
        var coins = (await connection.QueryAsync<CoinRow>(new CommandDefinition(
            $"{CoinRow.Select} WHERE launched_after < @Position", new { from.Position }, moment, cancellationToken: stop)).ConfigureAwait(false)).AsList();
        return new(connection, moment, words, new LogCheck(authorities, words, latest, from.Tip, from.ToReplay(coins.Select(row => row.ToCoin()))), coins.Count, last);
    }

    /// <summary>Reads and checks what comes next. The last of it may be launches alone.</summary>
    /// <returns>Null when all was found right, and where something was found wrong.</returns>
    public async Task<BlockRange?> NextAsync(CancellationToken stop)
    {
        if (_isDone || Fault is not null)
            return null;
        try
        {
            return await CheckNextAsync(stop).ConfigureAwait(false);
        }
        catch (Exception unreadable) when (IsUnreadable(unreadable))
        {
            return Refuse($"what is stored after position {Check.Position} and block {Check.Tip.Height} cannot be read: {unreadable.Message}");
        }
    }

    /// <summary>Whether the exception comes of what was read, not of reading it.</summary>
    public static bool IsUnreadable(Exception exception) => exception is not (DbException or IOException or OperationCanceledException);

    public void Dispose() => Check.Dispose();

    private async Task<BlockRange?> CheckNextAsync(CancellationToken stop)
    {
        Block = await NextBlockAsync(stop).ConfigureAwait(false);
        // Before anything that it says is believed: how much of the log is read next is one of these things.
        if (Block is not null && Check.Expect(Block) is { } misplaced)
            return Refuse(misplaced);
        var most = Block is null ? SealBlocks.LargestBlock : Block.LastPosition - Block.FirstPosition + 1;
        var range = await BlockRange.ReadReadableAsync(_connection, _moment, Check.Position, most, stop).ConfigureAwait(false);
        if (range is null)
        {
            return Block is null
                ? await EndAsync(stop).ConfigureAwait(false)
                : Refuse($"block {Block.Height}: it covers positions {Block.FirstPosition} to {Block.LastPosition}, which are not in the log.");
        }

        var fault = Add(range) ?? range.Unreadable ?? (Block is null ? Check.Replay.EndCommand() : Check.Add(Block));
        if (fault is null)
            return range;
        // What was sealed goes first: a log that was changed adds up to something else only further on.
        return Refuse(Block is not null && Words is not null ? ContentFault(Block, range, Words) ?? fault : fault);
    }

    private async Task<BlockRange?> EndAsync(CancellationToken stop)
    {
        var behind = await BlockRange.BehindAsync(_connection, _moment, Check.Position, stop).ConfigureAwait(false);
        if (Add(behind) is { } fault)
            return Refuse(fault);
        var coins = await _connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "SELECT count(*) FROM ledger_coin", transaction: _moment, cancellationToken: stop)).ConfigureAwait(false);
        if (coins != _launches)
            return Refuse($"of {coins} coins, {_launches} were launched within the log.");
        if (Check.Replay.FindCoin(CoinSymbol.Rly) is null)
            return Refuse("there is no RLY.");
        if ((Check.End(LastPosition) ?? await StoredFigures.FaultAsync(_connection, _moment, Check.Replay, stop).ConfigureAwait(false)) is { } wrong)
            return Refuse(wrong);
        _isDone = true;
        return behind;
    }

    private string? Add(BlockRange range)
    {
        foreach (var (launch, entry) in range.InOrder())
        {
            if ((launch is not null ? Check.Add(launch) : Check.Add(entry!)) is { } fault)
                return fault;
        }

        _launches += range.Launches.Count;
        return null;
    }

    private BlockRange? Refuse(string fault)
    {
        Fault = char.ToUpperInvariant(fault[0]) + fault[1..];
        return null;
    }

    private Task<Block?> NextBlockAsync(CancellationToken stop) => _connection.QueryFirstOrDefaultAsync<Block>(new CommandDefinition(
        $"{Block.Select} WHERE height > @Height ORDER BY height LIMIT 1", new { Check.Tip.Height }, _moment, cancellationToken: stop));

    private static string? ContentFault(Block block, BlockRange range, WordsKey words)
    {
        for (var i = 0; i < range.Entries.Count; i++)
        {
            if (range.Entries[i].Position != block.FirstPosition + i)
                return $"The log goes from position {block.FirstPosition + i - 1} to {range.Entries[i].Position}.";
        }

        if (range.Entries.Count == 0)
            return range.Unreadable;
        var (hash, marks) = range.Hash(words);
        var same = marks.AsSpan().CommonPrefixLength(block.Marks) / EntriesHasher.MarkSize;
        if (hash.AsSpan().SequenceEqual(block.EntriesHash))
            return null;
        if (same < range.Entries.Count && block.FirstPosition + same <= block.LastPosition)
            return $"Position {block.FirstPosition + same}: it is not what block {block.Height} was sealed with.";
        if (range.Unreadable is not null)
            return range.Unreadable;
        return range.LastPosition != block.LastPosition
            ? $"Block {block.Height}: it ends within a command, at position {block.LastPosition}."
            : $"Block {block.Height}: a coin launched between positions {block.FirstPosition - 1} and {block.LastPosition} is not what was sealed.";
    }
}
