using System.Net;
using Dapper;
using Microsoft.Extensions.Primitives;
using Rally.Auth.Server;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>A client that is remembered gets its next token without being read again, and never one that it may not have now.</summary>
public sealed class KnownClientTests
{
    [Theory, EachEngine]
    public async Task One_that_has_not_changed_is_not_read_again(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        Assert.Null(server.Get<KnownClients>().Find("bot"));
        await new OAuthApp(server).ClientTokenAsync();

        var issued = await IssueAsync(server);

        Assert.Equal("balances:read webhooks:manage", issued!.Scope);
        Assert.Equal(HttpStatusCode.OK, (await new OAuthApp(server).CallAsync("/sample/webhooks", issued.AccessToken)).StatusCode);
        Assert.Null(await IssueAsync(server, ("scope", "nonsense")));
    }

    // By hand, for whoever made the change need not have been this process.
    [Theory, EachEngine]
    public async Task One_that_has_changed_gets_what_it_may_have_now(Engine engine)
    {
        foreach (var (change, error) in new[]
            {
                ("UPDATE auth_client SET state = 'suspended'", "unauthorized_client"),
                ("UPDATE auth_client SET grant_types = 'authorization_code'", "unauthorized_client"),
                ("UPDATE auth_client SET secret_hash = (SELECT hash FROM auth_access_token)", "invalid_client"),
                ("UPDATE auth_client SET secret_hash = NULL", "invalid_client"),
                ("DELETE FROM auth_client", "invalid_client"),
            })
        {
            await using var server = await AuthServer.StartAsync(engine);
            var app = new OAuthApp(server);
            await app.ClientTokenAsync();

            await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(change, transaction: transaction));

            Assert.Null(await IssueAsync(server));
            Assert.Equal((change, error), (change, (await app.ClientTokenAsync()).Error));
        }
    }

    [Theory, EachEngine]
    public async Task A_scope_that_was_taken_from_it_is_on_no_token_any_more(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new OAuthApp(server);
        await app.ClientTokenAsync();
        await app.ClientTokenAsync("webhooks:manage");

        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_client SET scope = 'balances:read'", transaction: transaction));

        Assert.Equal("invalid_scope", (await app.ClientTokenAsync("webhooks:manage")).Error);
        Assert.Equal("balances:read", (await app.ClientTokenAsync()).Json.GetProperty("scope").GetString());
        Assert.NotNull(await IssueAsync(server));
    }

    [Fact]
    public async Task A_secret_that_is_replaced_works_as_long_as_it_overlaps()
    {
        await using var bench = await AppBench.StartAsync();
        var (id, secret) = await bench.RegisterAsync();
        var former = new OAuthApp(bench.Server, id, secret);
        await former.ClientTokenAsync();
        var (_, next) = AppBench.Shown(await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Make a new secret"));
        Assert.Equal(HttpStatusCode.OK, (await former.ClientTokenAsync()).Status);
        Assert.Equal(HttpStatusCode.OK, (await new OAuthApp(bench.Server, id, next).ClientTokenAsync()).Status);

        bench.Server.Clock.Jump(TimeSpan.FromDays(8));

        Assert.Equal("invalid_client", (await former.ClientTokenAsync()).Error);
        Assert.Equal(HttpStatusCode.OK, (await new OAuthApp(bench.Server, id, next).ClientTokenAsync()).Status);
    }

    private static async Task<TokenResponse?> IssueAsync(AuthServer server, params (string Name, string Value)[] form) =>
        await server.Get<IssueClientToken>().TryKnownAsync(
            server.Get<KnownClients>().Find("bot")!, new Parameters(form.Select(field => KeyValuePair.Create(field.Name, new StringValues(field.Value)))), default);
}
