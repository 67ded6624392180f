using System.Data.Common;
using Dapper;
using Rally.Storage;

namespace Rally.Ledger.Prices;

/// <summary>
/// The price as all processes on a store share it: when the feed is asked next, what it last told, and the history. One
/// transaction at a time, over all processes, changes it.
/// </summary>
internal sealed class UsdPriceLog(Database database)
{
    /// <summary>An unchanged price gets a row of the history this often.</summary>
    public static readonly TimeSpan RowEvery = TimeSpan.FromHours(1);

    private const string Lock = "ledger.usd-price";

    /// <summary>The shared state.</summary>
    public sealed class State
    {
        /// <summary>The last price that was believed; null before the first.</summary>
        public long? NanoUsd { get; init; }

        /// <summary>When the feed last told it, in milliseconds.</summary>
        public long? ConfirmedAt { get; init; }

        /// <summary>How often in a row the feed failed.</summary>
        public long Failures { get; init; }

        public long NextPollAt { get; init; }
    }

    public Task<State> ReadAsync(CancellationToken stop) => database.ReadAsync(connection => ReadAsync(connection, null, stop), stop);

    /// <summary>Takes the turn to ask the feed when it is due, so that no other process asks until the next one.</summary>
    /// <param name="now">The time.</param>
    /// <param name="next">When the next turn is.</param>
    /// <param name="evenFailing">Take it early when the feed failed last time: somebody may have mended the settings.</param>
    /// <param name="stop">Ends it.</param>
    public Task<(State State, bool Claimed)> ClaimAsync(DateTimeOffset now, DateTimeOffset next, bool evenFailing, CancellationToken stop) =>
        database.WriteAsync(async transaction =>
        {
            var state = await EnterAsync(transaction, stop).ConfigureAwait(false);
            if (state.NextPollAt > now.ToUnixTimeMilliseconds() && !(evenFailing && state.Failures > 0))
                return (state, false);
            await ExecuteAsync(transaction, "UPDATE ledger_usd_feed SET next_poll_at = @next", new { next }, stop).ConfigureAwait(false);
            return (state, true);
        }, stop);

    public Task FailAsync(long failures, DateTimeOffset next, CancellationToken stop) => database.WriteAsync(async transaction =>
    {
        await EnterAsync(transaction, stop).ConfigureAwait(false);
        await ExecuteAsync(
            transaction, "UPDATE ledger_usd_feed SET failures = @failures, next_poll_at = @next", new { failures, next }, stop).ConfigureAwait(false);
    }, stop);

    /// <summary>Stores a price that is believed, with a row of the history when it changed or the last row is old.</summary>
    public Task ConfirmAsync(UsdRate rate, DateTimeOffset now, DateTimeOffset next, CancellationToken stop) => database.WriteAsync(async transaction =>
    {
        await EnterAsync(transaction, stop).ConfigureAwait(false);
        await ExecuteAsync(
            transaction,
            "UPDATE ledger_usd_feed SET nano_usd = @NanoUsd, confirmed_at = @now, failures = 0, next_poll_at = @next",
            new { rate.NanoUsd, now, next },
            stop).ConfigureAwait(false);
        var last = await transaction.Connection!.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            "SELECT at, nano_usd FROM ledger_usd_price ORDER BY at DESC LIMIT 1", transaction: transaction, cancellationToken: stop)).ConfigureAwait(false);
        var at = now.ToUnixTimeMilliseconds();
        if (last is not null && last.NanoUsd == rate.NanoUsd && at - last.At < (long)RowEvery.TotalMilliseconds)
            return;
        // A clock that was set back must not put the newest price behind older ones.
        at = Math.Max(at, (last?.At ?? 0) + 1);
        await ExecuteAsync(
            transaction, "INSERT INTO ledger_usd_price (at, nano_usd) VALUES (@at, @NanoUsd)", new { at, rate.NanoUsd }, stop).ConfigureAwait(false);
    }, stop);

    private async Task<State> EnterAsync(DbTransaction transaction, CancellationToken stop)
    {
        await database.SerializeAsync(transaction, Lock, stop).ConfigureAwait(false);
        return await ReadAsync(transaction.Connection!, transaction, stop).ConfigureAwait(false);
    }

    private static Task<State> ReadAsync(DbConnection connection, DbTransaction? transaction, CancellationToken stop) =>
        connection.QuerySingleAsync<State>(new CommandDefinition(
            "SELECT nano_usd, confirmed_at, failures, next_poll_at FROM ledger_usd_feed", transaction: transaction, cancellationToken: stop));

    private static Task<int> ExecuteAsync(DbTransaction transaction, string sql, object parameters, CancellationToken stop) =>
        transaction.Connection!.ExecuteAsync(new CommandDefinition(sql, parameters, transaction, cancellationToken: stop));

    private sealed class Row
    {
        public long At { get; init; }

        public long NanoUsd { get; init; }
    }
}
