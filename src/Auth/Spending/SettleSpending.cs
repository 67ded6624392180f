using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rally.Storage;

namespace Rally.Auth.Spending;

/// <summary>
/// Asks the ledger what became of spends whose outcome nobody told: after a crash, and of transfers that were pending. What
/// the ledger does not know keeps its room for <see cref="Lease"/> after its last try, since a request may still be on its way.
/// </summary>
internal sealed class SettleSpending(
    Database database, IEnumerable<ISpendingOutcomes> outcomes, TimeProvider time, ILogger<SettleSpending> log) : BackgroundService
{
    /// <summary>Far more than a request takes.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(15);

    private const int Chunk = 200;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    /// <summary>Of one app's spends of an account, or of everybody's.</summary>
    public async Task RunAsync(Guid? account, string? clientId, CancellationToken stop)
    {
        if (outcomes.FirstOrDefault() is not { } ledger)
            return;
        var after = Guid.Empty;
        while (true)
        {
            // The ids' order serves only to go on; new ones meanwhile are for the next run.
            var unknown = (await database.ReadAsync(connection => connection.QueryAsync<Row>($"""
                SELECT account_id, transfer_id, touched_at, state FROM auth_spending
                WHERE state IN ('open', 'held') AND transfer_id > @after
                  {(account is null ? "" : "AND account_id = @account AND client_id = @clientId")}
                ORDER BY transfer_id LIMIT {Chunk}
                """, new { account, clientId, after }), stop)).ToList();
            foreach (var row in unknown)
                await SettleAsync(row, await ledger.FindAsync(row.AccountId, row.TransferId, stop), stop);
            if (unknown.Count < Chunk)
                return;
            after = unknown[^1].TransferId;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(null, null, stoppingToken);
            }
            catch (Exception outage) when (outage is not OperationCanceledException)
            {
                log.LogError(outage, "Spends of unknown outcome could not be looked up; the next try is in {Interval}.", Interval);
            }
        }
    }

    private async Task SettleAsync(Row row, SpendingOutcome? outcome, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        if (outcome is null && (row.State == SpendingStates.Held || row.TouchedAt > now - Lease))
            return;
        var state = outcome switch
        {
            null => SpendingStates.Lapsed,
            { IsPending: true } => SpendingStates.Held,
            { MinorUnits: 0 } => SpendingStates.Returned,
            _ => SpendingStates.Done,
        };
        if (state == row.State)
            return;
        // Only as it was read: a try that came meanwhile knows better.
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            UPDATE auth_spending SET state = @state, amount = COALESCE(@spent, amount), attempts = 0, touched_at = @now
            WHERE account_id = @AccountId AND transfer_id = @TransferId AND state = @was AND touched_at = @TouchedAt
            """,
            new { state, spent = outcome?.MinorUnits, now, row.AccountId, row.TransferId, was = row.State, row.TouchedAt }, transaction), stop);
    }

    private sealed record Row(Guid AccountId, Guid TransferId, DateTimeOffset TouchedAt, string State);
}
