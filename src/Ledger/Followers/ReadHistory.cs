using System.Data.Common;
using Dapper;
using Rally.Ledger.Journal;
using Rally.Ledger.Store;
using Rally.Storage;

namespace Rally.Ledger.Followers;

/// <summary>
/// The entries of somebody's accounts, or of a coin, newest first, and how far the history has come: both as of one moment, or
/// a rebuild in between would make nothing of what is said to be complete.
/// </summary>
internal sealed class ReadHistory(Database database)
{
    // Terms of one SELECT; SQLite takes 500.
    private const int AccountsAtOnce = 100;

    /// <param name="Position">All entries up to it are in the history; 0 when there are none yet.</param>
    /// <param name="Entries">Newest first.</param>
    /// <param name="HasMore">There are older ones.</param>
    public sealed record Result(long Position, IReadOnlyList<JournalEntry> Entries, bool HasMore);

    /// <param name="holder">A Rally id.</param>
    /// <param name="coin">A symbol; null for all.</param>
    /// <param name="before">Only entries below this position.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="stop">Ends the read.</param>
    public Task<Result> OfHolderAsync(Guid holder, string? coin, long before, int limit, CancellationToken stop) =>
        database.ReadAsync(async connection =>
        {
            await using var moment = await Moment.BeginAsync(connection, stop).ConfigureAwait(false);
            var reached = await ReachedAsync(moment, stop).ConfigureAwait(false);
            var accounts = (await connection.QueryAsync<long>(new CommandDefinition(
                "SELECT id FROM ledger_account WHERE holder = @holder" + (coin is null ? "" : " AND coin = @coin"),
                new { holder, coin }, moment, cancellationToken: stop)).ConfigureAwait(false)).AsList();
            // No entry has two accounts of one holder: both of its sides are of one coin.
            var positions = new List<long>();
            foreach (var some in accounts.Chunk(AccountsAtOnce))
                positions.AddRange(await NewestAsync(moment, some, before, limit + 1, stop).ConfigureAwait(false));
            positions = [.. positions.OrderDescending().Take(limit + 1)];
            return await ResultAsync(moment, reached, positions, limit, stop).ConfigureAwait(false);
        }, stop);

    /// <inheritdoc cref="OfHolderAsync"/>
    public Task<Result> OfCoinAsync(string coin, long before, int limit, CancellationToken stop) =>
        database.ReadAsync(async connection =>
        {
            await using var moment = await Moment.BeginAsync(connection, stop).ConfigureAwait(false);
            var reached = await ReachedAsync(moment, stop).ConfigureAwait(false);
            var positions = await connection.QueryAsync<long>(new CommandDefinition("""
                SELECT position FROM ledger_coin_history
                WHERE coin = @coin AND position < @before
                ORDER BY position DESC
                LIMIT @most
                """, new { coin, before, most = limit + 1L }, moment, cancellationToken: stop)).ConfigureAwait(false);
            return await ResultAsync(moment, reached, [.. positions], limit, stop).ConfigureAwait(false);
        }, stop);

    // Each account's newest by its own index: an account with millions of entries is no slower than one with ten.
    private static Task<IEnumerable<long>> NewestAsync(DbTransaction moment, long[] accounts, long before, int most, CancellationToken stop)
    {
        var parameters = new DynamicParameters(new { before, most = (long)most });
        for (var i = 0; i < accounts.Length; i++)
            parameters.Add($"a{i}", accounts[i]);
        var each = accounts.Select((_, i) =>
            $"SELECT position FROM (SELECT position FROM ledger_history WHERE account = @a{i} AND position < @before ORDER BY position DESC LIMIT @most) h{i}");
        return moment.Connection!.QueryAsync<long>(new CommandDefinition(
            string.Join(" UNION ALL ", each) + " ORDER BY position DESC LIMIT @most", parameters, moment, cancellationToken: stop));
    }

    private static Task<long> ReachedAsync(DbTransaction moment, CancellationToken stop) => moment.Connection!.ExecuteScalarAsync<long>(
        new CommandDefinition("SELECT coalesce((SELECT position FROM ledger_follower WHERE name = @name), 0)", new { name = HistoryFollower.Key }, moment, cancellationToken: stop));

    private static async Task<Result> ResultAsync(DbTransaction moment, long reached, List<long> positions, int limit, CancellationToken stop)
    {
        var entries = positions.Count == 0
            ? []
            : await EntryRow.QueryAsync(
                moment.Connection!, $"{EntryRow.Select} WHERE t.position IN {FollowedLog.List(positions.Take(limit))} ORDER BY t.position DESC", new { }, moment, stop).ConfigureAwait(false);
        return new(reached, entries, positions.Count > limit);
    }
}
