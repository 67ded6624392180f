using Dapper;
using Rally.Auth.Mail;
using Rally.Storage;

namespace Rally.Auth.Accounts;

/// <summary>Finds accounts for an operator.</summary>
internal sealed class SearchAccounts(Database database, TimeProvider time)
{
    public const int Most = 20;

    /// <param name="LockedUntil">After wrong passwords; in the past it is over.</param>
    /// <param name="BlockedAt">When an operator locked it.</param>
    internal sealed record Found
    {
        public required Guid Id { get; init; }

        public required string UserName { get; init; }

        public string? Email { get; init; }

        public bool IsOperator { get; init; }

        public DateTimeOffset CreatedAt { get; init; }

        public DateTimeOffset? LockedUntil { get; init; }

        public DateTimeOffset? BlockedAt { get; init; }
    }

    /// <param name="query">The start of a user name, a whole e-mail address, or a Rally id; null for the newest accounts.</param>
    /// <param name="stop">Ends the search.</param>
    public async Task<IReadOnlyList<Found>> ExecuteAsync(string? query, CancellationToken stop)
    {
        var typed = query?.Trim().ToLowerInvariant() ?? "";
        var id = Guid.TryParse(typed, out var parsed) ? parsed : Guid.Empty;
        // What no name has is not looked for; the underscore alone would stand for any character.
        var start = typed.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-')
            ? typed.Replace("_", @"\_", StringComparison.Ordinal) + "%"
            : null;
        var (where, order) = query is null
            ? ("1 = 1", "id DESC")
            : (@"id = @id OR email = @email OR user_name LIKE @start ESCAPE '\'", "user_name");
        return [.. await database.ReadAsync(connection => connection.QueryAsync<Found>($"""
            SELECT id, user_name, email, is_operator, created_at, blocked_at,
                   CASE WHEN locked_until > @now THEN locked_until END AS locked_until
            FROM auth_account WHERE {where} ORDER BY {order} LIMIT {Most}
            """, new { id, email = EmailAddress.Fold(query), start, now = time.GetUtcNow() }), stop)];
    }
}
