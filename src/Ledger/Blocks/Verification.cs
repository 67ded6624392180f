using System.Data.Common;
using Dapper;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;

namespace Rally.Ledger.Blocks;

/// <summary>One run of <see cref="VerifyLedger"/>: block by block through the log, then what no block covers yet.</summary>
internal sealed class Verification
{
    private const long UnsealedAtOnce = SealBlocks.LargestBlock;

    /// <summary>Noting how far it came copies every balance; between two notes there is more than enough other work.</summary>
    private const long EntriesBetweenNotes = 1_000_000;

    private readonly DbConnection _connection;
    private readonly DbTransaction _moment;
    private readonly VerifyLedger.Request _request;
    private readonly IProgress<VerifyLedger.Progress>? _progress;
    private readonly AuthorityChain _authorities;
    private readonly WordsKey? _words;
    private readonly JournalReplay _replay;
    private readonly long _lastPosition;
    private BlockTip _tip;
    private long _noted;

    private Verification(
        DbConnection connection, DbTransaction moment, VerifyLedger.Request request, IProgress<VerifyLedger.Progress>? progress,
        AuthorityChain authorities, WordsKey? words, JournalReplay replay, BlockTip tip, long lastPosition)
    {
        (_connection, _moment, _request, _progress) = (connection, moment, request, progress);
        (_authorities, _words, _replay, _tip, _lastPosition) = (authorities, words, replay, tip, lastPosition);
        _noted = replay.LastPosition;
    }

    public static async Task<Verification> BeginAsync(
        DbConnection connection, DbTransaction moment, VerifyLedger.Request request, IProgress<VerifyLedger.Progress>? progress, CancellationToken stop)
    {
        var coins = (await connection.QueryAsync<CoinRow>(CoinRow.Select, transaction: moment).ConfigureAwait(false)).Select(row => row.ToCoin()).ToList();
        var state = request.StateFile is { } file ? VerifyState.Load(file) : null;
        // Of another store, or of this one before it was restored: then it says nothing about this log.
        if (state is not null && !await HoldsAsync(connection, moment, state.Tip).ConfigureAwait(false))
            state = null;
        var last = await connection.ExecuteScalarAsync<long>(
            "SELECT coalesce(max(position), 0) FROM ledger_transfer", transaction: moment).ConfigureAwait(false);
        return new(
            connection, moment, request, progress,
            await AuthorityChain.ReadAsync(connection, moment, stop).ConfigureAwait(false),
            await WordsKey.FindAsync(connection, moment).ConfigureAwait(false),
            state is null ? new JournalReplay(coins) : new JournalReplay(coins, state.Position, state.PostedAt, state.Balances),
            state?.Tip ?? BlockTip.None,
            last);
    }

    public async Task<VerifyLedger.Result> RunAsync(CancellationToken stop)
    {
        string? fault;
        try
        {
            fault = _authorities.FindFault(_request.PinnedAuthority)
                ?? await SealedAsync(stop).ConfigureAwait(false)
                ?? await UnsealedAsync(stop).ConfigureAwait(false)
                ?? _replay.End()
                ?? await JournalCheck.CompareAsync(_connection, _moment, _replay).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Note();
            throw;
        }

        if (_request.StateFile is { } file)
            File.Delete(file);
        return new(_replay.LastPosition, _tip.Height, fault, _authorities.Authorities.Count > 0 ? Convert.ToHexStringLower(_authorities.Authorities[0].PublicKey) : null);
    }

    private static async Task<bool> HoldsAsync(DbConnection connection, DbTransaction moment, BlockTip tip) =>
        await connection.QuerySingleOrDefaultAsync<Block>(
            $"{Block.Select} WHERE height = @Height", new { tip.Height }, moment).ConfigureAwait(false) is { } block
        && block.Hash.AsSpan().SequenceEqual(tip.Hash);

    private async Task<string?> SealedAsync(CancellationToken stop)
    {
        while (await NextBlockAsync(stop).ConfigureAwait(false) is { } block)
        {
            stop.ThrowIfCancellationRequested();
            var range = block.LastPosition >= block.FirstPosition
                ? await BlockRange.ReadAsync(_connection, _moment, block.FirstPosition - 1, block.LastPosition - block.FirstPosition + 1, stop).ConfigureAwait(false)
                : null;
            if (_tip.FaultOf(block, _authorities) is { } misplaced)
                return $"Block {block.Height}: {misplaced}";
            if (range is null || _words is null)
                return $"Block {block.Height}: it covers positions {block.FirstPosition} to {block.LastPosition}, which are not in the log.";
            // First what was sealed: the log that was changed adds up to something else only further on.
            if ((ContentFault(block, range, _words) ?? Replay(range)) is { } wrong)
                return wrong;
            _tip = BlockTip.Of(block);
            Report();
        }

        return null;
    }

    private async Task<string?> UnsealedAsync(CancellationToken stop)
    {
        while (await BlockRange.ReadAsync(_connection, _moment, _replay.LastPosition, UnsealedAtOnce, stop).ConfigureAwait(false) is { } range)
        {
            stop.ThrowIfCancellationRequested();
            if (Replay(range) is { } wrong)
                return wrong;
            Report();
        }

        return null;
    }

    private Task<Block?> NextBlockAsync(CancellationToken stop) => _connection.QueryFirstOrDefaultAsync<Block>(new CommandDefinition(
        $"{Block.Select} WHERE height > @Height ORDER BY height LIMIT 1", new { _tip.Height }, _moment, cancellationToken: stop));

    private static string? ContentFault(Block block, BlockRange range, WordsKey words)
    {
        for (var i = 0; i < range.Entries.Count; i++)
        {
            if (range.Entries[i].Position != block.FirstPosition + i)
                return $"The log goes from position {block.FirstPosition + i - 1} to {range.Entries[i].Position}.";
        }

        if (range.LastPosition != block.LastPosition)
            return $"Block {block.Height}: it ends within a command, at position {block.LastPosition}.";
        var (hash, marks) = range.Hash(words);
        if (hash.AsSpan().SequenceEqual(block.EntriesHash))
            return null;
        var same = marks.AsSpan().CommonPrefixLength(block.Marks) / EntriesHasher.MarkSize;
        return same < range.Entries.Count
            ? $"Position {block.FirstPosition + same}: it is not what block {block.Height} was sealed with."
            : $"Block {block.Height}: a coin launched between positions {block.FirstPosition - 1} and {block.LastPosition} is not what was sealed.";
    }

    private string? Replay(BlockRange range)
    {
        foreach (var entry in range.Entries)
        {
            if (_replay.Add(entry) is { } fault)
                return fault;
        }

        return _replay.EndCommand();
    }

    private void Report()
    {
        _progress?.Report(new(_replay.LastPosition, _lastPosition, _tip.Height));
        // What is not sealed yet may still be another log when it is looked at again: only what blocks hold is noted.
        if (_replay.LastPosition == _tip.LastPosition && _replay.LastPosition - _noted >= EntriesBetweenNotes)
            Note();
    }

    private void Note()
    {
        if (_request.StateFile is null || _replay.LastPosition != _tip.LastPosition)
            return;
        new VerifyState(_replay.LastPosition, _replay.LastPostedAt, _tip, _replay.Balances).Save(_request.StateFile);
        _noted = _replay.LastPosition;
    }
}
