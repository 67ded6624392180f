using System.Data.Common;
using System.Net;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Rally.Auth.Server;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>
/// What is worked out for a refresh token before the store's writer is asked, from memory or from a read, counts only as long as
/// everything is still so.
/// </summary>
public sealed class RotationTests
{
    // By hand, for whoever made the change need not have been this process.
    private static readonly (string Sql, string Error)[] Changes =
    [
        ("UPDATE auth_grant SET revoked_at = 1", "invalid_grant"),
        ("UPDATE auth_grant SET scope = 'openid'", ""),
        ("DELETE FROM auth_grant", "invalid_grant"),
        ("DELETE FROM auth_account", "invalid_grant"),
        ("DELETE FROM auth_refresh_token", "invalid_grant"),
        ("UPDATE auth_refresh_token SET expires_at = 1", "invalid_grant"),
        ("UPDATE auth_client SET state = 'suspended'", "unauthorized_client"),
        ("UPDATE auth_client SET grant_types = 'authorization_code'", "unauthorized_client"),
        ("UPDATE auth_client SET secret_hash = (SELECT hash FROM auth_access_token LIMIT 1)", "invalid_client"),
        ("UPDATE auth_client SET secret_hash = NULL", "invalid_client"),
        ("UPDATE auth_client SET scope = 'webhooks:manage'", "invalid_grant"),
        ("UPDATE auth_client SET scope = 'profile'", ""),
        ("DELETE FROM auth_client", "invalid_client"),
    ];

    [Theory, EachEngine]
    public async Task What_changed_since_the_token_was_remembered_is_told_from_the_store(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        foreach (var (change, error) in Changes)
        {
            await ChangeAsync(server, "DELETE FROM auth_account; DELETE FROM auth_client");
            await server.RegisterAsync(AuthServer.Bot);
            var (app, first) = await RefreshTests.SignedInAppAsync(server);
            var second = await app.RefreshAsync(first.RefreshToken);

            await ChangeAsync(server, change);

            var third = await app.RefreshAsync(second.RefreshToken);
            Assert.Equal((change, error.Length == 0 ? null : error), (change, third.Error));
            if (error.Length == 0)
                Assert.Equal(change[(change.IndexOf('\'', StringComparison.Ordinal) + 1)..^1], third.Json.GetProperty("scope").GetString());
        }
    }

    [Theory, EachEngine]
    public async Task A_token_that_was_issued_here_is_known_once_and_read_where_it_is_not(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, first) = await RefreshTests.SignedInAppAsync(server);
        var second = await app.RefreshAsync(first.RefreshToken);
        async Task<string?> TryAsync(string token) => (await server.Get<RotateRefreshToken>().TryKnownAsync(
            server.Get<KnownClients>().Find(AuthServer.Bot.ClientId)!, Parameters.OfQuery($"refresh_token={token}"), default))?.Response.RefreshToken;

        var third = await TryAsync(second.RefreshToken);
        Assert.NotNull(server.Get<KnownRefreshTokens>().Take(OpaqueToken.Hash(third)!));
        Assert.Null(server.Get<KnownRefreshTokens>().Take(OpaqueToken.Hash(third)!));
        var fourth = await TryAsync(third!);

        Assert.NotNull(fourth);
        // Used before: nothing is told, nor ended, on this way.
        Assert.Null(await TryAsync(second.RefreshToken));
        Assert.NotNull(await TryAsync(fourth));
    }

    [Theory, EachEngine]
    public async Task What_changed_since_the_token_was_read_keeps_the_store_from_writing_anything(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (_, tokens) = await RefreshTests.SignedInAppAsync(server);
        var rotation = await ReadAsync(server, tokens.RefreshToken);
        foreach (var (change, _) in Changes)
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => server.Store.WriteAsync<bool>(async transaction =>
            {
                await transaction.Connection!.ExecuteAsync(change, transaction: transaction);
                var before = await RowsAsync(transaction.Connection!, transaction);
                Assert.Equal((change, false), (change, await rotation.StoreAsync(transaction)));
                Assert.Equal(before, await RowsAsync(transaction.Connection!, transaction));
                // For the next change.
                throw new OperationCanceledException();
            }));
        }

        Assert.True(await server.Store.WriteAsync(rotation.StoreAsync));
    }

    [Theory, EachEngine]
    public async Task Of_two_uses_that_were_read_at_once_one_is_stored(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, tokens) = await RefreshTests.SignedInAppAsync(server);
        var rotations = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(server, tokens.RefreshToken)));

        var stored = await Task.WhenAll(rotations.Select(rotation => Task.Run(() => server.Store.WriteTogetherAsync(rotation.StoreAsync))));

        var winner = Assert.Single(rotations, rotation => stored[Array.IndexOf(rotations, rotation)]);
        Assert.Equal(winner.Refresh.Token, (await app.RefreshAsync(tokens.RefreshToken)).RefreshToken);
        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(winner.Refresh.Token)).Status);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(tokens.RefreshToken)).Error);
        Assert.False(await app.WorksAsync(winner.Access.Token));
    }

    [Theory, EachEngine]
    public async Task A_token_that_another_process_has_used_is_not_good_because_it_is_remembered(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, first) = await RefreshTests.SignedInAppAsync(server);
        var second = await app.RefreshAsync(first.RefreshToken);
        var bot = (await server.Get<ClientStore>().FindAsync(AuthServer.Bot.ClientId, default))!;
        async Task<string> ElsewhereAsync(string token) => Assert.IsType<TokenOutcome.Issued>(
            await Elsewhere(server).ExecuteAsync(bot, token, isProven: true, [], key: null, default)).Response.RefreshToken!;

        var third = await ElsewhereAsync(second.RefreshToken);
        Assert.Equal(third, (await app.RefreshAsync(second.RefreshToken)).RefreshToken);

        await ElsewhereAsync(third);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(second.RefreshToken)).Error);
        Assert.Equal("invalid_grant", (await app.RefreshAsync(third)).Error);
    }

    [Theory, EachEngine]
    public async Task A_client_that_changes_before_the_turn_to_decide_comes_is_looked_at_again(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (_, tokens) = await RefreshTests.SignedInAppAsync(server);
        var bot = (await server.Get<ClientStore>().FindAsync(AuthServer.Bot.ClientId, default))!;

        await ChangeAsync(server, "UPDATE auth_client SET state = 'suspended'");

        Assert.IsType<TokenOutcome.ClientChanged>(await Elsewhere(server).ExecuteAsync(bot, tokens.RefreshToken, isProven: true, [], key: null, default));
    }

    [Theory, EachEngine]
    public async Task A_rotation_that_is_cut_off_before_its_end_has_not_happened(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, tokens) = await RefreshTests.SignedInAppAsync(server);
        var rotation = await ReadAsync(server, tokens.RefreshToken);
        var before = await RowsAsync(server);

        await Assert.ThrowsAsync<InvalidOperationException>(() => server.Store.WriteTogetherAsync<bool>(async transaction =>
        {
            Assert.True(await rotation.StoreAsync(transaction));
            throw new InvalidOperationException("cut off");
        }));

        Assert.Equal(before, await RowsAsync(server));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(rotation.Refresh.Token)).Error);
        Assert.False(await app.WorksAsync(rotation.Access.Token));
        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(tokens.RefreshToken)).Status);
    }

    [Theory, EachEngine]
    public async Task A_grant_lasts_as_long_as_its_refresh_token_and_is_not_lengthened_each_time(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, tokens) = await RefreshTests.SignedInAppAsync(server);
        var ends = new List<long>();
        for (var hour = 0; hour < 26; hour++)
        {
            tokens = await app.RefreshAsync(tokens.RefreshToken);
            var (grant, token) = await server.Store.ReadAsync(connection => connection.QuerySingleAsync<(long, long)>(
                "SELECT MAX(g.expires_at), MAX(r.expires_at) FROM auth_grant g JOIN auth_refresh_token r ON r.grant_id = g.id AND r.hash = g.refresh_hash"));
            Assert.True(grant >= token);
            ends.Add(grant);
            server.Clock.Jump(TimeSpan.FromHours(1));
        }

        Assert.InRange(ends.Distinct().Count(), 2, 3);
    }

    /// <summary>The same store from a process that remembers nothing.</summary>
    private static RotateRefreshToken Elsewhere(AuthServer server) => new(
        server.Store, server.Get<GrantStore>(), new KnownClients(), new KnownRefreshTokens(), server.Get<IOptions<AuthOptions>>(), server.Clock,
        NullLogger<RotateRefreshToken>.Instance);

    private static async Task<Rotation> ReadAsync(AuthServer server, string token)
    {
        var (hash, now) = (OpaqueToken.Hash(token)!, server.Clock.GetUtcNow());
        var client = KnownClient.Of((await server.Get<ClientStore>().FindAsync(AuthServer.Bot.ClientId, default))!);
        var seen = (await server.Store.ReadAsync(connection => SeenRefreshToken.FindAsync(connection, null, hash)))!;
        var (successor, salt) = Successor.New(token, now);
        return new(
            seen, hash, salt, client, now, new(OpaqueToken.New(now), seen.Scope, now + TimeSpan.FromHours(1), null),
            new(successor, seen.Scope, now + TimeSpan.FromDays(60), null));
    }

    private static Task ChangeAsync(AuthServer server, string sql) =>
        server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, transaction: transaction));

    private static Task<string> RowsAsync(AuthServer server) => server.Store.ReadAsync(connection => RowsAsync(connection, null));

    private static async Task<string> RowsAsync(DbConnection connection, DbTransaction? transaction)
    {
        var grants = await connection.QueryAsync<(byte[]?, byte[]?, long)>(
            "SELECT refresh_hash, used_hash, expires_at FROM auth_grant ORDER BY id", transaction: transaction);
        var tokens = await connection.QueryAsync<byte[]>(
            "SELECT hash FROM auth_access_token UNION ALL SELECT hash FROM auth_refresh_token ORDER BY 1", transaction: transaction);
        return string.Join('\n', grants.Select(row => $"{Hex(row.Item1)} {Hex(row.Item2)} {row.Item3}").Concat(tokens.Select(Hex)));
    }

    private static string Hex(byte[]? bytes) => bytes is null ? "none" : Convert.ToHexString(bytes);
}
