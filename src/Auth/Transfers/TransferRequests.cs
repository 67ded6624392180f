using System.Data.Common;
using Dapper;
using Rally.Auth.Apps;
using Rally.Storage;

namespace Rally.Auth.Transfers;

/// <summary>Transfers that apps have asked for, with what became of them.</summary>
internal sealed class TransferRequests(Database database, AppGate gate, TimeProvider time)
{
    /// <summary>How long a person has to agree.</summary>
    public static readonly TimeSpan TimeToApprove = TimeSpan.FromMinutes(60);

    /// <summary>How many of one app's may wait at once.</summary>
    public const int MostOfApp = 1_000;

    /// <summary>How many of one app's may wait for one person.</summary>
    public const int MostOfAppForOne = 20;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    private const string Select = """
        SELECT r.id, r.client_id, c.name AS app_name, c.owner, r.from_account, r.to_account, r.coin, r.amount, r.note, r.reference, r.state,
               r.approve_by, c.state AS app_state, r.shows_user_name, r.shows_memo
        FROM auth_transfer_request r JOIN auth_client c ON c.id = r.client_id
        """;

    /// <param name="State">As kept; see <see cref="TransferState"/>.</param>
    /// <param name="AppState">The app's; see <see cref="Apps.AppState"/>.</param>
    internal sealed record Request(
        Guid Id, string ClientId, string AppName, string Owner, Guid FromAccount, Guid ToAccount, string Coin, string Amount, string Note,
        string Reference, string State, DateTimeOffset ApproveBy, string AppState, long ShowsUserName, long ShowsMemo)
    {
        public TransferWish Wish => new(
            FromAccount, ToAccount, Coin, Amount, IsInUsd: false, Note, Reference, ShowsUserName == 1, ShowsMemo == 1);

        /// <summary>What it is called in the API.</summary>
        public string StatusAt(DateTimeOffset now) => State switch
        {
            TransferState.Sent => "approved",
            TransferState.Refused or TransferState.Failed => "refused",
            TransferState.Waiting when ApproveBy <= now => "expired",
            _ => "pending",
        };
    }

    /// <returns>The new request's id; null when too many wait.</returns>
    public Task<(Guid Id, DateTimeOffset ApproveBy)?> AddAsync(string clientId, TransferWish wish, Guid to, CancellationToken stop) =>
        database.WriteAsync<(Guid, DateTimeOffset)?>(async transaction =>
        {
            await database.SerializeAsync(transaction, $"auth.transfers.{clientId}", stop);
            var now = time.GetUtcNow();
            var waiting = await transaction.Connection!.QuerySingleAsync<Waiting>("""
                SELECT count(*) AS of_app, coalesce(sum(CASE WHEN from_account = @From THEN 1 ELSE 0 END), 0) AS for_one
                FROM auth_transfer_request WHERE client_id = @clientId AND state = @waiting AND approve_by > @now
                """, new { clientId, wish.From, waiting = TransferState.Waiting, now }, transaction);
            if (waiting.OfApp >= MostOfApp || waiting.ForOne >= MostOfAppForOne)
                return null;
            var id = NewId();
            return (id, await InsertAsync(transaction, id, clientId, wish, to, TransferState.Waiting));
        }, stop);

    /// <summary>An id for a new request.</summary>
    public Guid NewId() => Guid.CreateVersion7(time.GetUtcNow());

    /// <summary>Keeps one that waits for nobody, before the ledger hears of it.</summary>
    /// <returns>Until when its person can agree, should they have to.</returns>
    public Task<DateTimeOffset> AddPassingAsync(Guid id, string clientId, TransferWish wish, Guid to) =>
        database.WriteAsync(transaction => InsertAsync(transaction, id, clientId, wish, to, TransferState.Passing), CancellationToken.None);

    public Task<Request?> FindAsync(Guid id, CancellationToken stop) =>
        database.ReadAsync(connection => connection.QuerySingleOrDefaultAsync<Request>($"{Select} WHERE r.id = @id", new { id }), stop);

    /// <summary>What waits for this person, the most urgent first.</summary>
    public async Task<IReadOnlyList<Request>> WaitingForAsync(Guid account, CancellationToken stop) =>
        (await database.ReadAsync(connection => connection.QueryAsync<Request>(
            $"{Select} WHERE r.from_account = @account AND r.state = @waiting AND r.approve_by > @now AND c.state IN ('approved', @AlsoOpen) ORDER BY r.approve_by, r.id LIMIT 200",
            new { account, waiting = TransferState.Waiting, now = time.GetUtcNow(), gate.AlsoOpen }), stop)).AsList();

    /// <summary>Whether the app may still ask for it.</summary>
    public bool IsOpen(Request request) => gate.IsOpen(request.AppState);

    /// <summary>What was agreed to, then or beforehand, some time ago and of which the ledger's answer is not known.</summary>
    public async Task<IReadOnlyList<Request>> UnfinishedAsync(TimeSpan since, CancellationToken stop) =>
        (await database.ReadAsync(connection => connection.QueryAsync<Request>(
            $"{Select} WHERE r.state IN (@sending, @passing) AND r.decided_at <= @before ORDER BY r.decided_at LIMIT 100",
            new { sending = TransferState.Sending, passing = TransferState.Passing, before = time.GetUtcNow() - since }), stop)).AsList();

    /// <summary>The person decides, once and in time, and about an app that may use the network.</summary>
    /// <returns>Whether it waited for them.</returns>
    public async Task<bool> DecideAsync(Guid id, Guid account, string state, CancellationToken stop) =>
        await database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            UPDATE auth_transfer_request SET state = @state, decided_at = @now
            WHERE id = @id AND from_account = @account AND state = @waiting AND approve_by > @now
              AND client_id IN (SELECT id FROM auth_client WHERE state IN ('approved', @AlsoOpen))
            """, new { id, account, state, waiting = TransferState.Waiting, now = time.GetUtcNow(), gate.AlsoOpen }, transaction), stop) == 1;

    /// <summary>The ledger has posted it: that stands, whatever was thought before.</summary>
    public Task SentAsync(Guid id) => database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
        "UPDATE auth_transfer_request SET state = @sent WHERE id = @id", new { id, sent = TransferState.Sent }, transaction), CancellationToken.None);

    /// <summary>It is not sent: it waits for its person, again or after all, as long as there is time.</summary>
    public Task GiveBackAsync(Guid id) => database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
        "UPDATE auth_transfer_request SET state = @waiting, decided_at = NULL WHERE id = @id AND state IN (@sending, @passing)",
        new { id, waiting = TransferState.Waiting, sending = TransferState.Sending, passing = TransferState.Passing }, transaction), CancellationToken.None);

    /// <summary>The ledger has refused one that waits for nobody, and the app is told so.</summary>
    public Task FailedAsync(Guid id) => database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
        "UPDATE auth_transfer_request SET state = @failed WHERE id = @id AND state = @passing",
        new { id, failed = TransferState.Failed, passing = TransferState.Passing }, transaction), CancellationToken.None);

    private async Task<DateTimeOffset> InsertAsync(DbTransaction transaction, Guid id, string clientId, TransferWish wish, Guid to, string state)
    {
        var now = time.GetUtcNow();
        var approveBy = now + TimeToApprove;
        await transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_transfer_request
              (id, client_id, from_account, to_account, coin, amount, note, reference, shows_user_name, shows_memo, state, created_at, approve_by, decided_at, expires_at)
            VALUES (@id, @clientId, @From, @to, @Coin, @Amount, @Note, @Reference, @showsUserName, @showsMemo, @state, @now, @approveBy, @decidedAt, @expiresAt)
            """,
            new
            {
                id,
                clientId,
                wish.From,
                to,
                wish.Coin,
                wish.Amount,
                wish.Note,
                wish.Reference,
                showsUserName = wish.ShowsUserName ? 1L : 0L,
                showsMemo = wish.ShowsMemo ? 1L : 0L,
                state,
                now,
                approveBy,
                decidedAt = state == TransferState.Waiting ? (DateTimeOffset?)null : now,
                expiresAt = now + Kept,
            }, transaction);
        return approveBy;
    }

    private sealed record Waiting
    {
        public long OfApp { get; init; }

        public long ForOne { get; init; }
    }
}

/// <summary>How far a request has come.</summary>
internal static class TransferState
{
    public const string Waiting = "waiting";

    /// <summary>The person has agreed; the ledger has not answered yet.</summary>
    public const string Sending = "sending";

    /// <summary>It goes within what the person lets the app spend; the ledger has not answered yet.</summary>
    public const string Passing = "passing";

    public const string Sent = "sent";

    /// <summary>By the person.</summary>
    public const string Refused = "refused";

    /// <summary>It would have gone within what the person lets the app spend, and the ledger said no.</summary>
    public const string Failed = "failed";
}
