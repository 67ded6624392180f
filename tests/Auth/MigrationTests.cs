using System.Net;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Rally.Auth.Server;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class MigrationTests
{
    [Theory, EachEngine]
    public async Task Grants_of_before_expire_with_the_last_of_what_hangs_on_them(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using var database = Database.Open(store.Setting);
        var (old, lasting, empty) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        await database.WriteAsync(async transaction =>
        {
            var connection = transaction.Connection!;
            await connection.ExecuteAsync(Script("0001-accounts-apps-and-grants"), transaction: transaction);
            await connection.ExecuteAsync("""
                INSERT INTO auth_client (id, name, owner, redirect_uris, scope, grant_types, created_at, updated_at)
                VALUES ('app', 'App', 'Somebody', '', '', '', 0, 0)
                """, transaction: transaction);
            foreach (var id in new[] { old, lasting, empty })
                await connection.ExecuteAsync("INSERT INTO auth_grant (id, client_id, scope, created_at) VALUES (@id, 'app', '', 0)", new { id }, transaction);
            foreach (var (id, end) in new[] { (old, 5L), (lasting, 7L) })
            {
                await connection.ExecuteAsync("""
                    INSERT INTO auth_code (hash, grant_id, redirect_uri, code_challenge, expires_at) VALUES (@hash, @id, '', '', 3);
                    INSERT INTO auth_access_token (hash, grant_id, scope, expires_at) VALUES (@hash, @id, '', @end);
                    """, new { hash = id.ToByteArray(), id, end }, transaction);
            }

            await connection.ExecuteAsync(
                "INSERT INTO auth_refresh_token (hash, grant_id, expires_at) VALUES (@hash, @lasting, 9)", new { hash = new byte[] { 1 }, lasting }, transaction);
            await connection.ExecuteAsync(Script("0002-openid"), transaction: transaction);
        });
        var ends = await database.ReadAsync(connection => connection.QueryAsync<(Guid Id, long End)>("SELECT id, expires_at FROM auth_grant"));
        Assert.Equal(new Dictionary<Guid, long> { [old] = 5, [lasting] = 9, [empty] = 0 }, ends.ToDictionary(row => row.Id, row => row.End));
        Assert.Equal("RS256", await database.ReadAsync(connection => connection.QuerySingleAsync<string>("SELECT id_token_algorithm FROM auth_client")));
    }

    [Theory, EachEngine]
    public async Task Refresh_tokens_of_before_go_on_as_they_would_have(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, first) = await RefreshTests.SignedInAppAsync(server);
        using var browser = server.OpenBrowser();
        var unused = await app.RedeemAsync(await app.ObtainCodeAsync(browser));
        // As they were made before: at random, one used for another, which is sealed in its row.
        var (used, successor) = (OpaqueToken.New(), OpaqueToken.New());
        await server.Store.WriteAsync(async transaction =>
        {
            var connection = transaction.Connection!;
            foreach (var column in new[] { "refresh_hash", "used_hash", "used_at", "successor" })
                await connection.ExecuteAsync($"ALTER TABLE auth_grant DROP COLUMN {column}", transaction: transaction);
            await connection.ExecuteAsync("""
                ALTER TABLE auth_refresh_token ADD COLUMN used_at BIGINT;
                ALTER TABLE auth_refresh_token ADD COLUMN successor BYTEA;
                """, transaction: transaction);
            await connection.ExecuteAsync(Script("0012-sealed-successors"), transaction: transaction);
            await connection.ExecuteAsync("""
                INSERT INTO auth_refresh_token (hash, grant_id, expires_at, used_at, successor)
                SELECT @usedHash, grant_id, expires_at, @now, @kept FROM auth_refresh_token WHERE hash = @firstHash;
                INSERT INTO auth_refresh_token (hash, grant_id, expires_at)
                SELECT @successorHash, grant_id, expires_at FROM auth_refresh_token WHERE hash = @firstHash;
                UPDATE auth_refresh_token SET used_at = @now - 1 WHERE hash = @firstHash;
                """,
                new
                {
                    usedHash = OpaqueToken.Hash(used),
                    successorHash = OpaqueToken.Hash(successor),
                    firstHash = OpaqueToken.Hash(first.RefreshToken),
                    kept = Sealed(used, successor),
                    now = server.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
                }, transaction);

            await connection.ExecuteAsync(Script("0014-refresh-chains"), transaction: transaction);
        });

        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(unused.RefreshToken)).Status);
        Assert.Equal(successor, (await app.RefreshAsync(used)).RefreshToken);
        var next = await app.RefreshAsync(successor);
        Assert.Equal(next.RefreshToken, (await app.RefreshAsync(successor)).RefreshToken);
        Assert.True(await app.WorksAsync(next.AccessToken));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(first.RefreshToken)).Error);
        Assert.False(await app.WorksAsync(next.AccessToken));
    }

    private static byte[] Sealed(string used, string successor)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.ASCII.GetBytes(used), 32, info: "Rally.Auth.RefreshSuccessor.v1"u8.ToArray());
        using var cipher = new AesGcm(key, 16);
        var (nonce, tag, text) = (RandomNumberGenerator.GetBytes(12), new byte[16], new byte[successor.Length]);
        cipher.Encrypt(nonce, Encoding.ASCII.GetBytes(successor), text, tag);
        return [.. nonce, .. tag, .. text];
    }

    private static string Script(string name)
    {
        using var reader = new StreamReader(typeof(AuthModule).Assembly.GetManifestResourceStream($"migrations/{name}.sql")!);
        return reader.ReadToEnd();
    }
}
