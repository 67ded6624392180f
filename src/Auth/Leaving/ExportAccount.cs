using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Rally.Auth.Accounts;
using Rally.Storage;

namespace Rally.Auth.Leaving;

/// <summary>
/// What this module keeps of a person, as JSON for them to take along. A feature that keeps something adds its query to
/// <see cref="Parts"/>; secrets and their hashes stay out.
/// </summary>
internal sealed class ExportAccount(Database database, TimeProvider time)
{
    /// <summary>
    /// The export's members, each a list of rows. A column's name becomes camel case; one that ends in _at is a time, one that
    /// begins with is_ or has_ a truth value; 16 bytes are an id, others base64url.
    /// </summary>
    public static readonly IReadOnlyList<(string Name, string Query)> Parts =
    [
        ("account", """
            SELECT id AS rally_id, user_name, email, created_at, is_operator, blocked_at,
              CASE WHEN totp_key IS NULL THEN 0 ELSE 1 END AS has_authenticator_app,
              (SELECT COUNT(*) FROM auth_recovery_code r WHERE r.account_id = auth_account.id) AS recovery_codes_left
            FROM auth_account WHERE id = @accountId
            """),
        ("sessions", "SELECT browser, address, created_at, used_at, proven_at FROM auth_session WHERE account_id = @accountId ORDER BY created_at"),
        ("passkeys", "SELECT name, is_backed_up, created_at, used_at FROM auth_passkey WHERE account_id = @accountId ORDER BY created_at"),
        ("links", "SELECT provider, subject, name, flow, guild_id, linked_at FROM auth_link WHERE account_id = @accountId ORDER BY provider"),
        ("linksAskedOfYou", "SELECT provider, subject, flow, expires_at FROM auth_link_move WHERE from_account = @accountId ORDER BY provider"),
        ("linksYouAskedFor", "SELECT provider, subject, name, flow, expires_at FROM auth_link_move WHERE to_account = @accountId ORDER BY provider"),
        ("apps", """
            SELECT c.id AS client_id, c.name, c.owner, s.scope, s.granted_at
            FROM auth_consent s JOIN auth_client c ON c.id = s.client_id WHERE s.account_id = @accountId ORDER BY c.id
            """),
        ("appsYouRegistered", """
            SELECT id AS client_id, name, home_page, redirect_uris, scope, grant_types, webhook, state, reason, created_at, updated_at
            FROM auth_client WHERE account_id = @accountId ORDER BY created_at
            """),
        ("logosOfYourApps", """
            SELECT l.client_id, l.type, l.content FROM auth_client_logo l JOIN auth_client c ON c.id = l.client_id
            WHERE c.account_id = @accountId ORDER BY l.client_id
            """),
        ("grants", """
            SELECT g.client_id, g.scope, g.authorization_details, g.created_at, g.signed_in_at, g.expires_at, g.revoked_at
            FROM auth_grant g WHERE g.account_id = @accountId ORDER BY g.created_at
            """),
        ("spendingLimits", """
            SELECT client_id, coin, per_day AS per_day_millionths, in_all AS in_all_millionths
            FROM auth_spending_limit WHERE account_id = @accountId ORDER BY client_id, coin
            """),
        ("spending", """
            SELECT client_id, transfer_id, coin, asked AS asked_millionths, amount AS spent_millionths, recipient, state, reason, spent_at
            FROM auth_spending WHERE account_id = @accountId ORDER BY spent_at
            """),
        ("transfersAskedFor", """
            SELECT client_id, id, to_account, coin, amount, note, reference, state, created_at, approve_by, decided_at
            FROM auth_transfer_request WHERE from_account = @accountId ORDER BY created_at
            """),
        ("linksSentToYou", "SELECT purpose, email, created_at, expires_at FROM auth_link_token WHERE account_id = @accountId ORDER BY created_at"),
        ("mailThatWaits", "SELECT created_at, expires_at, attempts FROM auth_mail WHERE account_id = @accountId ORDER BY created_at"),
    ];

    /// <param name="account">Whose.</param>
    /// <param name="issuer">This server's address, without a slash at its end.</param>
    /// <param name="stop">Ends the work.</param>
    public async Task<JsonObject> ExecuteAsync(Account account, string issuer, CancellationToken stop)
    {
        var export = new JsonObject { ["exportedAt"] = Time(time.GetUtcNow().ToUnixTimeMilliseconds()) };
        foreach (var (name, query) in Parts)
        {
            var rows = await database.ReadAsync(connection => connection.QueryAsync(query, new { accountId = account.Id }), stop);
            export[name] = new JsonArray([.. rows.Cast<IDictionary<string, object?>>().Select(Row)]);
        }

        export["keptByApps"] = "Each app under 'apps' keeps data of its own about you, which is not in this file. That goes for the bot on Discord too, " +
            "which keeps which Discord account is yours, what it may use, and why it gave or took roles. Ask the app's owner for it.";
        // The log belongs to everybody, and is read where everybody reads it.
        export["ledger"] = new JsonObject
        {
            ["rallyId"] = account.Id.ToString(),
            ["balances"] = $"{issuer}/api/accounts/{account.Id}/balances",
            ["transfers"] = $"{issuer}/api/accounts/{account.Id}/transfers",
            ["page"] = $"{issuer}/explorer/accounts/{account.Id}",
        };
        return export;
    }

    private static JsonObject Row(IDictionary<string, object?> row) =>
        new(row.Select(column => KeyValuePair.Create(JsonNamingPolicy.CamelCase.ConvertName(Words(column.Key)), Value(column.Key, column.Value))));

    private static string Words(string column) =>
        string.Concat(column.Split('_').Select((word, index) => index == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));

    private static JsonNode? Value(string column, object? value) => value switch
    {
        null => null,
        byte[] { Length: 16 } id => new Guid(id, bigEndian: true).ToString(),
        byte[] bytes => Base64Url.EncodeToString(bytes),
        long number when column.EndsWith("_at", StringComparison.Ordinal) => Time(number),
        long number when column.StartsWith("is_", StringComparison.Ordinal) || column.StartsWith("has_", StringComparison.Ordinal) => number != 0,
        long number => number,
        int number => column.StartsWith("has_", StringComparison.Ordinal) ? number != 0 : number,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string Time(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
