using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Ledger.Journal;
using Rally.Storage;

namespace Rally.Ledger.Escrow;

/// <summary>Gives back what was pending and whose time is up.</summary>
internal sealed class ExpireHolds(
    Database database, LedgerWriter ledger, TimeProvider time, IOptions<LedgerOptions> options, ILogger<ExpireHolds> log)
{
    private const int MostRemembered = 1_000;

    // What is submitted at once must fit a batch.
    private readonly int _atOnce = Math.Min(500, options.Value.LargestBatch / ResolveHold.Most);
    private readonly HashSet<Guid> _said = [];

    /// <returns>How many were ended. Another process may have been quicker with some.</returns>
    public async Task<int> ExecuteAsync(CancellationToken stop)
    {
        var (ended, now) = (0, time.GetUtcNow());
        // Page by page, past those that are refused: they must not keep the later ones waiting.
        for (var due = await DueAsync(null, now, stop).ConfigureAwait(false); due.Count > 0;)
        {
            var answers = await ledger.SubmitAsync(
                [.. due.Select(hold => ResolveHold.Expire(Guid.CreateVersion7(now), hold.Id))], stop).ConfigureAwait(false);
            for (var i = 0; i < answers.Count; i++)
                ended += Count(due[i].Id, answers[i]);
            due = due.Count < _atOnce ? [] : await DueAsync(due[^1], now, stop).ConfigureAwait(false);
        }

        return ended;
    }

    private async Task<List<DueRow>> DueAsync(DueRow? after, DateTimeOffset now, CancellationToken stop) =>
        (await database.ReadAsync(connection => connection.QueryAsync<DueRow>(new CommandDefinition("""
            SELECT id, expires_at
            FROM ledger_hold
            WHERE state = 'open' AND expires_at <= @now AND (expires_at > @afterTime OR (expires_at = @afterTime AND id > @afterId))
            ORDER BY expires_at, id
            LIMIT @most
            """,
            new { now, afterTime = after?.ExpiresAt ?? DateTimeOffset.UnixEpoch, afterId = after?.Id ?? Guid.Empty, most = (long)_atOnce },
            cancellationToken: stop)), stop).ConfigureAwait(false)).AsList();

    private int Count(Guid hold, PostResult answer)
    {
        if (answer is PostResult.Posted)
            return 1;
        // Another process was quicker, or a step of the clock has put the ledger's time before this process's.
        if (answer is PostResult.HoldNotOpen or PostResult.NothingDue)
            return 0;
        // Once each: it is refused again every second.
        if (_said.Count < MostRemembered && _said.Add(hold))
            log.LogError("The pending transfer {Hold} is due and cannot be given back: {Refusal} Run 'verify' to see what is wrong", hold, answer);
        return 0;
    }

    private sealed class DueRow
    {
        public Guid Id { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }
    }
}
