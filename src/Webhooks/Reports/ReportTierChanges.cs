using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Options;
using Rally.Ledger.Events;
using Rally.Storage;
using Rally.Storage.Changes;
using Rally.Webhooks.Approvals;
using Rally.Webhooks.Events;

namespace Rally.Webhooks.Reports;

/// <summary>
/// A client that the operator trusts with it, such as a bot that gives roles, says that somebody gained or lost one by what they hold.
/// A report and the event that tells of it are committed together, and once, however often the report comes. Reports that come together
/// share a commit, are told in the order in which they stand, and are taken or refused each on its own.
/// </summary>
internal sealed class ReportTierChanges(
    Database database, Outbox outbox, FindCoin coins, IUserNames names, IOptions<WebhooksOptions> options, TimeProvider time)
{
    /// <summary>How many reports may come together.</summary>
    public const int Most = 100;

    /// <summary>How far a reporter's clock may be ahead.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(5);

    // A report is refused for its age before it is forgotten: one that is under way then, or meets another process's clock, is not taken twice.
    private static readonly TimeSpan KeptLonger = TimeSpan.FromHours(1);

    private const int PrunedAtOnce = 2_000;

    /// <param name="Id">See <see cref="TierReport"/>.</param>
    /// <param name="Coin">The coin that opens the role.</param>
    /// <param name="Account">Whose holding it was.</param>
    /// <param name="Platform">Where the role is.</param>
    /// <param name="Place">The server there.</param>
    /// <param name="Role">The role there.</param>
    /// <param name="Change">What happened.</param>
    /// <param name="HappenedAt">When.</param>
    public sealed record Request(
        string? Id, string? Coin, string? Account, string? Platform, string? Place, string? Role, string? Change, string? HappenedAt);

    internal abstract record Result
    {
        /// <summary>It is told, by this report or by the same one before.</summary>
        internal sealed record Recorded(Guid Id, DateTimeOffset ReceivedAt) : Result;

        internal sealed record Invalid(string Reason) : Result;

        internal sealed record UnknownCoin(string Symbol) : Result;

        internal sealed record UnknownAccount(Guid Account) : Result;

        /// <summary>The id is that of another report of the same client.</summary>
        internal sealed record Conflict : Result;
    }

    /// <param name="clientId">Who reports.</param>
    /// <param name="requests">At most <see cref="Most"/>, in the order in which they are to be told.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>What became of each.</returns>
    public async Task<IReadOnlyList<Result>> ExecuteAsync(string clientId, IReadOnlyList<Request> requests, CancellationToken stop)
    {
        var read = requests.Select(TierReport.Read).ToList();
        var results = await database.ReadAsync(async connection =>
        {
            var before = new List<Result?>(read.Count);
            foreach (var (report, wrong) in read)
                before.Add(report is null ? new Result.Invalid(wrong!) : await AnswerAsync(connection, null, clientId, report, stop));
            return before;
        }, stop);
        var now = time.GetUtcNow();
        for (var i = 0; i < read.Count; i++)
            results[i] ??= await RefusalAsync(read[i].Report!.Told, now, stop);
        if (results.TrueForAll(result => result is not null))
            return results!;

        // The work may run twice, and then begins with what it began with.
        var taken = await database.WriteAsync(async transaction =>
        {
            var all = results.ToList();
            for (var i = 0; i < read.Count; i++)
                all[i] ??= await RecordAsync(transaction, clientId, read[i].Report!, now, stop);
            return all;
        }, stop);
        outbox.Announce();
        return taken!;
    }

    /// <summary>Forgets reports that are refused by now for what they tell being too long ago.</summary>
    public async Task PruneAsync(CancellationToken stop)
    {
        var before = time.GetUtcNow() - options.Value.KeepChanges - KeptLonger;
        while (await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            DELETE FROM webhook_report WHERE (client_id, id) IN (
              SELECT client_id, id FROM webhook_report WHERE happened_at < @before ORDER BY happened_at LIMIT @most)
            """, new { before, most = (long)PrunedAtOnce }, transaction, cancellationToken: stop)), stop) == PrunedAtOnce)
        {
        }
    }

    /// <returns>Null for what may be told.</returns>
    private async Task<Result?> RefusalAsync(TierChangedData told, DateTimeOffset now, CancellationToken stop)
    {
        if (told.HappenedAt > now + MostAhead)
            return new Result.Invalid("happenedAt is in the future: set your clock.");
        if (told.HappenedAt < now - options.Value.KeepChanges)
            return new Result.Invalid($"happenedAt is more than {options.Value.KeepChanges.TotalDays:0.#} days ago, and such changes are told no more.");
        if (await coins.ExecuteAsync(told.Coin, stop) is null)
            return new Result.UnknownCoin(told.Coin);
        return await names.FindAsync(told.Account, stop) is null ? new Result.UnknownAccount(told.Account) : null;
    }

    private async Task<Result> RecordAsync(DbTransaction transaction, string clientId, TierReport report, DateTimeOffset now, CancellationToken stop)
    {
        var isNew = await transaction.Connection!.ExecuteAsync(new CommandDefinition("""
            INSERT INTO webhook_report (client_id, id, digest, happened_at, received_at) VALUES (@clientId, @Id, @digest, @HappenedAt, @now)
            ON CONFLICT (client_id, id) DO NOTHING
            """, new { clientId, report.Id, digest = report.Digest(), report.Told.HappenedAt, now }, transaction, cancellationToken: stop)) > 0;
        if (isNew)
            await outbox.AppendAsync(transaction, EventType.TierChanged, report.Told.Coin, report.Told, stop);
        return (await AnswerAsync(transaction.Connection!, transaction, clientId, report, stop))!;
    }

    /// <returns>What a report with this id is answered; null when there was none.</returns>
    private static async Task<Result?> AnswerAsync(DbConnection connection, DbTransaction? transaction, string clientId, TierReport report, CancellationToken stop)
    {
        var before = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            "SELECT digest, received_at FROM webhook_report WHERE client_id = @clientId AND id = @Id",
            new { clientId, report.Id }, transaction, cancellationToken: stop));
        if (before is null)
            return null;
        return before.Digest.AsSpan().SequenceEqual(report.Digest()) ? new Result.Recorded(report.Id, before.ReceivedAt) : new Result.Conflict();
    }

    private sealed record Row(byte[] Digest, DateTimeOffset ReceivedAt);
}
