using System.Net;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>Codes and refresh tokens that are bound to a key before there is an access token (RFC 9449, 5 and 10).</summary>
public sealed class DpopGrantTests
{
    [Theory, EachEngine]
    public async Task A_public_clients_refresh_token_is_bound_and_without_the_key_nothing_is_got_or_ended(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        await server.RegisterAsync(AuthorizationRequestTests.PublicApp);
        using var browser = server.OpenBrowser();
        using var key = new ProofMaker(server.Clock);
        using var thief = new ProofMaker(server.Clock);
        var app = DpopTests.Prover(server, key, "desktop", null);
        var first = await app.RedeemAsync(await app.ObtainCodeAsync(browser));
        var second = await app.RefreshAsync(first.RefreshToken);

        foreach (var stolen in new[] { first.RefreshToken, second.RefreshToken })
        {
            Assert.Equal("invalid_grant", (await new OAuthApp(server, "desktop", null).RefreshAsync(stolen)).Error);
            Assert.Equal("invalid_grant", (await DpopTests.Prover(server, thief, "desktop", null).RefreshAsync(stolen)).Error);
        }

        var repeated = await app.RefreshAsync(first.RefreshToken);
        Assert.Equal((HttpStatusCode.OK, second.RefreshToken), (repeated.Status, repeated.RefreshToken));
        var third = await app.RefreshAsync(second.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, (await app.CallAsync("/oauth2/userinfo", third.AccessToken)).StatusCode);
    }

    [Theory, EachEngine]
    public async Task A_client_with_a_secret_may_go_on_with_another_key(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        using var old = new ProofMaker(server.Clock);
        using var next = new ProofMaker(server.Clock);
        var (app, later) = (DpopTests.Prover(server, old), DpopTests.Prover(server, next));
        var first = await app.RedeemAsync(await app.ObtainCodeAsync(browser));
        var second = await later.RefreshAsync(first.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, (await later.CallAsync("/oauth2/userinfo", second.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.CallAsync("/oauth2/userinfo", second.AccessToken)).StatusCode);
        Assert.Equal("Bearer", (await new OAuthApp(server).RefreshAsync(second.RefreshToken)).Json.GetProperty("token_type").GetString());
    }

    [Theory, EachEngine]
    public async Task A_code_can_be_bound_from_its_first_request_on(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        using var key = new ProofMaker(server.Clock);
        using var thief = new ProofMaker(server.Clock);
        var app = DpopTests.Prover(server, key);

        await RedeemsAsync(app, thief, await app.ObtainCodeAsync(browser, ("dpop_jkt", key.Thumbprint)));

        var named = await new OAuthApp(server).PushAsync(("dpop_jkt", key.Thumbprint));
        Assert.Equal(HttpStatusCode.Created, named.Status);
        var proven = await app.PushAsync();
        Assert.Equal(HttpStatusCode.Created, proven.Status);
        Assert.Equal(HttpStatusCode.Created, (await app.PushAsync(("dpop_jkt", key.Thumbprint))).Status);
        Assert.Equal("invalid_dpop_proof", (await app.PushAsync(("dpop_jkt", thief.Thumbprint))).Error);
        app.Proof = (_, _, _) => "x";
        Assert.Equal("invalid_dpop_proof", (await app.PushAsync()).Error);
        app.Proof = (method, url, token) => key.Make(method, url, token);
        var page = await browser.OpenAsync(app.PushedUrl(proven.Json.GetProperty("request_uri").GetString()!));
        await RedeemsAsync(app, thief, OAuthApp.Query((page.Left ?? (await browser.PressAsync(page, "Allow")).Left)!)["code"]);

        foreach (var wrong in new[] { "x", new string('!', 43) })
            Assert.Equal("invalid_request", (await new OAuthApp(server).PushAsync(("dpop_jkt", wrong))).Error);
    }

    [Fact]
    public async Task The_metadata_names_the_algorithms()
    {
        await using var server = await AuthServer.StartAsync();
        var metadata = await OAuthApp.ReadAsync(await server.Http.GetAsync("/.well-known/openid-configuration"));
        Assert.Equal(["RS256", "ES256"], metadata.GetProperty("dpop_signing_alg_values_supported").EnumerateArray().Select(each => each.GetString()));
    }

    // Refused without the key, and with another; the code is still good then.
    private static async Task RedeemsAsync(OAuthApp app, ProofMaker thief, string code)
    {
        var own = app.Proof;
        foreach (var proof in new Func<string, string, string?, string?>?[] { null, (method, url, token) => thief.Make(method, url, token) })
        {
            app.Proof = proof;
            Assert.Equal("invalid_grant", (await app.RedeemAsync(code)).Error);
        }

        app.Proof = own;
        Assert.Equal("DPoP", (await app.RedeemAsync(code)).Json.GetProperty("token_type").GetString());
    }
}
