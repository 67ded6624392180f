using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Rally.Ledger.Amounts;
using Rally.Storage;

namespace Rally.Bot.Commands;

/// <summary>
/// What the bot keeps of a guild, as JSON by table. Links and their tokens are not of the guild but of the people, who see and end them
/// on their own pages; Rally accounts are left out for the same reason.
/// </summary>
internal sealed class GuildExport(Database database, TimeProvider time)
{
    /// <summary>Of each table the newest; beyond, the file could outgrow what Discord takes.</summary>
    public const int MostRows = 10_000;

    // Each with the column that tells newer rows from older.
    private static readonly (string Table, string Order)[] Tables =
    [
        ("bot_guild", "set_at"), ("bot_rules", "version"), ("bot_standing", "entered_at"), ("bot_look", "looked_at"), ("bot_obstacle", "at"), ("bot_contest", "at"),
        ("bot_notice", "at"), ("bot_shown", "since"), ("bot_dirty", "not_before"), ("bot_decision", "id"),
    ];

    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task<byte[]> WriteAsync(ulong guildId, CancellationToken stop)
    {
        var kept = new Dictionary<string, object>
        {
            ["guild_id"] = $"{guildId}",
            ["exported_at"] = time.GetUtcNow(),
        };
        foreach (var (table, order) in Tables)
        {
            var rows = await database.ReadAsync(connection => connection.QueryAsync(
                $"SELECT * FROM {table} WHERE guild_id = @guild ORDER BY {order} DESC LIMIT {MostRows}", new { guild = (long)guildId }), stop);
            kept[table["bot_".Length..]] = rows.Select(row => Shown((IDictionary<string, object?>)row)).ToList();
        }

        return JsonSerializer.SerializeToUtf8Bytes(kept, Written);
    }

    private static Dictionary<string, object?> Shown(IDictionary<string, object?> row) =>
        row.Where(column => column.Key is not ("guild_id" or "rally_id")).ToDictionary(column => column.Key, column => Shown(column.Key, column.Value));

    private static object? Shown(string column, object? value) => (column, value) switch
    {
        ("user_id" or "role_id" or "set_by" or "changed_by", long id) => ((ulong)id).ToString(CultureInfo.InvariantCulture),
        ("at" or "since" or "not_before", long at) => DateTimeOffset.FromUnixTimeMilliseconds(at),
        (_, long at) when column.EndsWith("_at", StringComparison.Ordinal) => DateTimeOffset.FromUnixTimeMilliseconds(at),
        ("document", string rules) => JsonNode.Parse(rules),
        ("enter" or "leave" or "holding", long minorUnits) => $"{new Amount(minorUnits)}",
        (_, byte[] { Length: 16 } id) => new Guid(id, bigEndian: true),
        (_, byte[] bytes) => Convert.ToHexStringLower(bytes),
        _ => value,
    };
}
