using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Rally.Auth.Apps;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class ClientTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory, EachEngine]
    public async Task A_client_gets_a_token_of_its_own_for_what_it_is_registered_for(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new OAuthApp(server);
        var all = await app.ClientTokenAsync();
        Assert.Equal("balances:read webhooks:manage", all.Json.GetProperty("scope").GetString());
        Assert.False(all.Json.TryGetProperty("refresh_token", out _));
        Assert.Equal(HttpStatusCode.OK, (await app.CallAsync("/sample/webhooks", all.AccessToken)).StatusCode);

        var one = await app.ClientTokenAsync("balances:read");
        Assert.Equal("balances:read", one.Json.GetProperty("scope").GetString());
        Assert.Equal(HttpStatusCode.Forbidden, (await app.CallAsync("/sample/webhooks", one.AccessToken)).StatusCode);
        Assert.Equal("invalid_scope", (await app.ClientTokenAsync("nonsense")).Error);
        // What acts for a person is only on a token that the person gave.
        Assert.Equal("invalid_scope", (await app.ClientTokenAsync("transfers:send")).Error);
        Assert.Equal("invalid_scope", (await app.ClientTokenAsync("balances:read profile")).Error);
    }

    [Theory]
    [InlineData("bot", "wrong")]
    [InlineData("bot", "")]
    [InlineData("nobody", AuthServer.BotSecret)]
    [InlineData("desktop", AuthServer.BotSecret)]
    public async Task A_wrong_secret_and_an_unknown_client_get_the_same_answer(string id, string secret)
    {
        await using var server = await AuthServer.StartAsync();
        await server.RegisterAsync(AuthorizationRequestTests.PublicApp);
        var app = new OAuthApp(server, id, secret);
        foreach (var answer in new[] { await app.ClientTokenAsync(), await app.RevokeAsync("x") })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
            Assert.Equal("invalid_client", answer.Error);
            Assert.Equal("Basic", answer.Response.Headers.WwwAuthenticate.Single().Scheme);
        }
    }

    [Fact]
    public async Task The_secret_may_come_in_the_form_but_not_in_both_places()
    {
        await using var server = await AuthServer.StartAsync();
        (string, string?)[] form = [("grant_type", "client_credentials"), ("client_id", "bot"), ("client_secret", AuthServer.BotSecret)];
        Assert.Equal(HttpStatusCode.OK, (await new OAuthApp(server, secret: null).TokenAsync(form)).Status);
        Assert.Equal("invalid_request", (await new OAuthApp(server).TokenAsync(form)).Error);
        Assert.Equal("invalid_client", (await new OAuthApp(server, secret: null).ClientTokenAsync()).Error);
    }

    [Theory]
    [InlineData("grant_type=password&username=a&password=b", "unsupported_grant_type")]
    [InlineData("scope=profile", "invalid_request")]
    [InlineData("grant_type=refresh_token", "invalid_request")]
    [InlineData("grant_type=authorization_code", "invalid_request")]
    [InlineData("grant_type=client_credentials&scope=profile&scope=profile", "invalid_request")]
    public async Task Faults_of_a_token_request_have_the_names_of_the_rfc(string form, string error)
    {
        var server = shared.Server;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/oauth2/token");
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"bot:{AuthServer.BotSecret}")));
        request.Content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(error, (await OAuthApp.ReadAsync(response)).GetProperty("error").GetString());
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task Registering_again_replaces_the_secret()
    {
        await using var server = await AuthServer.StartAsync();
        var newSecret = new string('n', 40);
        await server.RegisterAsync(AuthServer.Bot with { SecretOrNull = newSecret });
        Assert.Equal("invalid_client", (await new OAuthApp(server).ClientTokenAsync()).Error);
        Assert.Equal(HttpStatusCode.OK, (await new OAuthApp(server, secret: newSecret).ClientTokenAsync()).Status);
    }

    [Fact]
    public async Task A_registration_that_cannot_be_safe_is_refused_with_reasons()
    {
        await using var server = await AuthServer.StartAsync();
        var bot = AuthServer.Bot;
        RegisterApp.Request[] wrong =
        [
            bot with { ClientId = "a b" },
            bot with { Name = "" },
            bot with { Owner = "a\nb" },
            bot with { SecretOrNull = "short" },
            bot with { RedirectUris = ["http://example.com/cb"] },
            bot with { RedirectUris = ["https://example.com/cb#x"] },
            bot with { RedirectUris = ["https://a@example.com/cb"] },
            bot with { RedirectUris = ["javascript:alert(1)"] },
            bot with { RedirectUris = ["/cb"] },
            bot with { RedirectUris = [] },
            bot with { Scopes = ["all"] },
            bot with { GrantTypes = ["password"] },
            bot with { GrantTypes = ["client_credentials"] },
            bot with { SecretOrNull = null },
        ];
        foreach (var request in wrong)
            Assert.NotEmpty(Assert.IsType<RegisterApp.Invalid>(await server.Get<RegisterApp>().ExecuteAsync(request)).Reasons);
        foreach (var uri in new[] { "https://example.com/cb?x=1", "http://localhost:5000/cb", "http://[::1]/cb", "com.example.app:/cb" })
            await server.RegisterAsync(bot with { RedirectUris = [uri] });
        Assert.DoesNotContain(AuthServer.BotSecret, bot.ToString(), StringComparison.Ordinal);
    }
}
