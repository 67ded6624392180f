using Dapper;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class OwnGrantTests
{
    [Theory, EachEngine]
    public async Task Tokens_of_one_client_and_scope_share_a_grant_and_are_revoked_alone(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new OAuthApp(server);
        var first = await app.ClientTokenAsync("balances:read");
        var second = await app.ClientTokenAsync("balances:read");
        await app.ClientTokenAsync("webhooks:manage");
        Assert.Equal(2, (await GrantsAsync(server)).Count);

        await app.RevokeAsync(first.AccessToken);

        Assert.False((await app.IntrospectAsync(first.AccessToken)).Json.GetProperty("active").GetBoolean());
        Assert.True((await app.IntrospectAsync(second.AccessToken)).Json.GetProperty("active").GetBoolean());
    }

    [Theory, EachEngine]
    public async Task After_a_day_there_is_another_and_the_last_token_of_the_former_lives_its_time(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new OAuthApp(server);
        await app.ClientTokenAsync("balances:read");
        server.Clock.Jump(TimeSpan.FromDays(1) - TimeSpan.FromSeconds(1));
        var last = await app.ClientTokenAsync("balances:read");
        var (id, ends) = Assert.Single(await GrantsAsync(server));
        Assert.True(ends >= server.Clock.GetUtcNow() + TimeSpan.FromSeconds(last.Json.GetProperty("expires_in").GetInt64()));

        server.Clock.Jump(TimeSpan.FromSeconds(2));
        await app.ClientTokenAsync("balances:read");

        Assert.Contains(await GrantsAsync(server), grant => grant.Id != id);
        Assert.True((await app.IntrospectAsync(last.AccessToken)).Json.GetProperty("active").GetBoolean());
    }

    [Theory, EachEngine]
    public async Task A_grant_that_is_gone_or_revoked_is_replaced(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new OAuthApp(server);
        await app.ClientTokenAsync("balances:read");
        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("DELETE FROM auth_grant", transaction: transaction));
        var second = await app.ClientTokenAsync("balances:read");
        Assert.True((await app.IntrospectAsync(second.AccessToken)).Json.GetProperty("active").GetBoolean());

        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("UPDATE auth_grant SET revoked_at = 1", transaction: transaction));
        var third = await app.ClientTokenAsync("balances:read");

        Assert.False((await app.IntrospectAsync(second.AccessToken)).Json.GetProperty("active").GetBoolean());
        Assert.True((await app.IntrospectAsync(third.AccessToken)).Json.GetProperty("active").GetBoolean());
    }

    private static async Task<List<(Guid Id, DateTimeOffset Ends)>> GrantsAsync(AuthServer server) =>
        (await server.Store.ReadAsync(connection => connection.QueryAsync<Row>("SELECT id, expires_at FROM auth_grant"))).Select(row => (row.Id, row.ExpiresAt)).ToList();

    private sealed record Row
    {
        public Guid Id { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }
    }
}
