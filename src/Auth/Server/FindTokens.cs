using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using Dapper;
using Rally.Auth.Apps;
using Rally.Storage;

namespace Rally.Auth.Server;

/// <summary>
/// Whether access tokens still work, for what goes on after a request was let in; for other modules, by way of the host. A token
/// is named by the claim <see cref="IdClaim"/> of who came with it, from which nobody gets the token.
/// </summary>
public sealed class FindTokens
{
    /// <summary>The identifier of the token (RFC 7662, 2.2).</summary>
    public const string IdClaim = "jti";

    /// <summary>For SQL: the tokens that work, of grants <c>g</c> and clients <c>c</c>; the time is <c>@now</c>, see <see cref="AppGate.AlsoOpen"/>.</summary>
    internal const string Working = """
        auth_access_token t JOIN auth_grant g ON g.id = t.grant_id JOIN auth_client c ON c.id = g.client_id
        WHERE t.expires_at > @now AND g.revoked_at IS NULL AND c.state IN ('approved', @AlsoOpen)
        """;

    // Each is a parameter of a statement.
    private const int AtOnce = 512;

    private readonly Database _database;
    private readonly AppGate _gate;
    private readonly TimeProvider _time;

    internal FindTokens(Database database, AppGate gate, TimeProvider time) => (_database, _gate, _time) = (database, gate, time);

    /// <returns>Those that work now: neither ended nor revoked, by themselves, with their grant or their account, and of an app that may use the network.</returns>
    public async Task<IReadOnlySet<string>> WorkingAsync(IEnumerable<string> ids, CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var working = new HashSet<string>(StringComparer.Ordinal);
        foreach (var some in ids.Chunk(AtOnce))
        {
            var values = new DynamicParameters(new { now = _time.GetUtcNow(), _gate.AlsoOpen });
            // A power of two of them, the last over and over, so that there are few statements to compile.
            var count = (int)BitOperations.RoundUpToPowerOf2((uint)some.Length);
            for (var i = 0; i < count; i++)
                values.Add(Name(i), Base64Url.DecodeFromChars(some[Math.Min(i, some.Length - 1)]));
            var found = await _database.ReadAsync(connection => connection.QueryAsync<byte[]>(new CommandDefinition(
                $"SELECT t.hash FROM {Working} AND t.hash IN ({string.Join(", ", Enumerable.Range(0, count).Select(i => $"@{Name(i)}"))})",
                values, cancellationToken: stop)), stop);
            working.UnionWith(found.Select(IdOf));
        }

        return working;

        static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"hash{index}");
    }

    internal static string IdOf(byte[] hash) => Base64Url.EncodeToString(hash);
}
