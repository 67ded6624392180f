using Dapper;
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

    private static string Script(string name)
    {
        using var reader = new StreamReader(typeof(AuthModule).Assembly.GetManifestResourceStream($"migrations/{name}.sql")!);
        return reader.ReadToEnd();
    }
}
