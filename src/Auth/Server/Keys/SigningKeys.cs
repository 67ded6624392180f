using System.Collections.Concurrent;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Rally.Storage;

namespace Rally.Auth.Server.Keys;

/// <summary>
/// The keys that sign ID tokens, shared by all processes. One of each algorithm signs at a time, for
/// <see cref="AuthOptions.SigningKeyLifetime"/>; its successor is published a day before it takes over, so that nobody
/// meets a key that a cached list does not have; and it stays published until no token that it signed is valid.
/// </summary>
internal sealed class SigningKeys(
    Database database, IDataProtectionProvider protection, IOptions<AuthOptions> options, TimeProvider time, MakeKeyPair make, ILogger<SigningKeys> log)
    : IDisposable
{
    /// <summary>How long before it signs a successor is published, and a past key beyond its last token.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly IDataProtector _protector = protection.CreateProtector("Rally.Auth.SigningKeys.v1");
    private readonly ConcurrentDictionary<string, Remembered> _current = new();
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>What signs with <paramref name="algorithm"/> now.</summary>
    public async Task<SigningCredentials> CurrentAsync(string algorithm, CancellationToken stop)
    {
        if (Fresh(algorithm) is { } known)
            return known.Credentials;
        await _turn.WaitAsync(stop);
        try
        {
            if (Fresh(algorithm) is { } meanwhile)
                return meanwhile.Credentials;
            await RotateAsync(stop);
            var current = await OpenCurrentAsync(algorithm, stop);
            if (current is null)
            {
                // Whose keys folder is lost, or differs between processes, signs on with keys of its own.
                log.LogWarning("No {Algorithm} signing key can be opened with the keys of this process; it makes a new one.", algorithm);
                await database.WriteAsync(transaction => AddAsync(transaction, algorithm, make(algorithm), time.GetUtcNow()), stop);
                current = await OpenCurrentAsync(algorithm, stop)
                    ?? throw new InvalidOperationException("The signing key just made cannot be opened.");
            }

            _current[algorithm] = current;
            return current.Credentials;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The public keys, as JWKs, by which tokens that are still valid can be checked, and those of the keys to come.</summary>
    public async Task<IReadOnlyList<JsonElement>> PublishedAsync(CancellationToken stop)
    {
        await RotateAsync(stop);
        var keys = await database.ReadAsync(connection => connection.QueryAsync<string>(
            "SELECT public_key FROM auth_signing_key WHERE signs_until >= @gone ORDER BY signs_from DESC, algorithm",
            new { gone = Gone }), stop);
        return [.. keys.Select(key => JsonElement.Parse(key))];
    }

    /// <summary>Makes the keys that are missing or soon will be, and deletes those that nobody needs.</summary>
    public async Task RotateAsync(CancellationToken stop)
    {
        var missing = await database.ReadAsync(connection => MissingAsync(connection, null), stop);
        if (missing.Count == 0)
            return;
        var made = missing.ToDictionary(each => each.Algorithm, each => make(each.Algorithm));
        await database.WriteAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, "auth.signing-keys", stop);
            foreach (var (algorithm, from) in await MissingAsync(transaction.Connection!, transaction))
            {
                if (made.TryGetValue(algorithm, out var pair))
                    await AddAsync(transaction, algorithm, pair, from);
            }

            await transaction.Connection!.ExecuteAsync(
                "DELETE FROM auth_signing_key WHERE signs_until < @gone", new { gone = Gone }, transaction);
        }, stop);
    }

    /// <summary>See <see cref="ReplaceSigningKeys.ExecuteAsync"/>.</summary>
    public async Task ReplaceAsync(bool withdraw, CancellationToken stop)
    {
        var made = SigningAlgorithm.All.Select(algorithm => (algorithm, make(algorithm))).ToList();
        await database.WriteAsync(async transaction =>
        {
            await database.SerializeAsync(transaction, "auth.signing-keys", stop);
            var now = time.GetUtcNow();
            // A successor that is published already goes with them: whoever has the present key may have that one too.
            await transaction.Connection!.ExecuteAsync(
                withdraw
                    ? "DELETE FROM auth_signing_key"
                    : """
                      DELETE FROM auth_signing_key WHERE signs_from > @now;
                      UPDATE auth_signing_key SET signs_until = @now WHERE signs_until > @now;
                      """, new { now }, transaction);
            foreach (var (algorithm, pair) in made)
                await AddAsync(transaction, algorithm, pair, now);
        }, stop);
        _current.Clear();
        log.LogWarning("The keys that sign ID tokens were replaced{Withdrawn}", withdraw ? ", and the old ones withdrawn" : "");
    }

    public void Dispose() => _turn.Dispose();

    private DateTimeOffset Gone => time.GetUtcNow() - options.Value.IdTokenLifetime - Margin;

    private Remembered? Fresh(string algorithm)
    {
        var now = time.GetUtcNow();
        return _current.TryGetValue(algorithm, out var known) && now < known.SignsUntil && now < known.ReadAt + Memory ? known : null;
    }

    private async Task<IReadOnlyList<(string Algorithm, DateTimeOffset From)>> MissingAsync(DbConnection connection, DbTransaction? transaction)
    {
        var now = time.GetUtcNow();
        var rows = await connection.QueryAsync<(string Algorithm, DateTimeOffset Until)>(
            "SELECT algorithm, MAX(signs_until) AS until FROM auth_signing_key GROUP BY algorithm", transaction: transaction);
        var until = rows.ToDictionary(row => row.Algorithm, row => row.Until);
        return
        [
            .. SigningAlgorithm.All
                .Select(algorithm => (algorithm, From: until.TryGetValue(algorithm, out var last) && last > now ? last : now))
                .Where(next => next.From <= now + Margin),
        ];
    }

    private Task<int> AddAsync(
        DbTransaction transaction, string algorithm, (string Id, string PublicJwk, byte[] PrivateKey) pair, DateTimeOffset from) =>
        transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_signing_key (id, algorithm, public_key, private_key, signs_from, signs_until)
            VALUES (@Id, @algorithm, @PublicJwk, @sealedKey, @from, @until)
            """,
            new { pair.Id, algorithm, pair.PublicJwk, sealedKey = _protector.Protect(pair.PrivateKey), from, until = from + options.Value.SigningKeyLifetime },
            transaction);

    private async Task<Remembered?> OpenCurrentAsync(string algorithm, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var rows = await database.ReadAsync(connection => connection.QueryAsync<Row>("""
            SELECT id, private_key, signs_until FROM auth_signing_key
            WHERE algorithm = @algorithm AND signs_from <= @now AND signs_until > @now ORDER BY signs_from DESC
            """, new { algorithm, now }), stop);
        foreach (var row in rows)
        {
            try
            {
                return new Remembered(KeyPair.Open(row.Id, algorithm, _protector.Unprotect(row.PrivateKey)), row.SignsUntil, now);
            }
            catch (CryptographicException)
            {
                // Sealed by keys that this process lacks; an older one may do.
            }
        }

        return null;
    }

    private sealed record Row(string Id, byte[] PrivateKey, DateTimeOffset SignsUntil);

    private sealed record Remembered(SigningCredentials Credentials, DateTimeOffset SignsUntil, DateTimeOffset ReadAt);
}
