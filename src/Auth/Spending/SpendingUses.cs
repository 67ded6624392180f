using System.Globalization;
using Dapper;
using Rally.Storage;

namespace Rally.Auth.Spending;

/// <summary>What apps have spent, for those whose coins they were.</summary>
internal sealed class SpendingUses(Database database)
{
    public const int PageSize = 20;

    /// <param name="State">See <see cref="SpendingStates"/>.</param>
    /// <param name="Amount">In minor units; of a refused one what was asked.</param>
    /// <param name="Recipient">A Rally id; null for a trade.</param>
    internal sealed record Use
    {
        public Guid TransferId { get; init; }

        public string Coin { get; init; } = "";

        public long Amount { get; init; }

        public Guid? Recipient { get; init; }

        public string State { get; init; } = "";

        public string? Reason { get; init; }

        public DateTimeOffset SpentAt { get; init; }

        /// <summary>Where the page after this use begins.</summary>
        public string Cursor => string.Create(CultureInfo.InvariantCulture, $"{SpentAt.ToUnixTimeMilliseconds()}.{TransferId:N}");
    }

    /// <param name="account">Whose coins.</param>
    /// <param name="clientId">Which app's.</param>
    /// <param name="cursor">The last use of the page before; null, or unreadable, for the newest.</param>
    /// <param name="stop">Ends the search.</param>
    /// <returns>The newest first, and whether there are more.</returns>
    public async Task<(IReadOnlyList<Use> Uses, bool HasMore)> OfAsync(Guid account, string clientId, string? cursor, CancellationToken stop)
    {
        var (before, id) = Read(cursor);
        var found = (await database.ReadAsync(connection => connection.QueryAsync<Use>($"""
            SELECT transfer_id, coin, amount, recipient, state, reason, spent_at FROM auth_spending
            WHERE account_id = @account AND client_id = @clientId AND (spent_at < @before OR (spent_at = @before AND transfer_id < @id))
            ORDER BY spent_at DESC, transfer_id DESC LIMIT {PageSize + 1}
            """, new { account, clientId, before, id }), stop)).ToList();
        return ([.. found.Take(PageSize)], found.Count > PageSize);
    }

    private static (long Before, Guid Id) Read(string? cursor) =>
        cursor?.Split('.') is [var time, var id] &&
        long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var before) && Guid.TryParseExact(id, "N", out var transfer)
            ? (before, transfer)
            : (long.MaxValue, Guid.Empty);
}
