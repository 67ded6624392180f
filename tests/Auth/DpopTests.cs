using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Rally.Auth.Server;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>Tokens that are bound to a key of their client (RFC 9449).</summary>
public sealed class DpopTests
{
    public static TheoryData<string> Spoilt { get; } = [.. Spoils.Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, Func<AuthServer, Action<JsonObject, JsonObject>>> Spoils => new()
    {
        ["another type"] = _ => (header, _) => header["typ"] = "jwt",
        ["no type"] = _ => (header, _) => header.Remove("typ"),
        ["no algorithm"] = _ => (header, _) => header["alg"] = "none",
        ["a shared secret's algorithm"] = _ => (header, _) => header["alg"] = "HS256",
        ["an algorithm that is not its key's"] = _ => (header, _) => header["alg"] = "RS256",
        ["an algorithm we do not take"] = _ => (header, _) => header["alg"] = "ES384",
        ["a private key in it"] = _ => (header, _) => header["jwk"]!["d"] = "AAAA",
        ["a secret key in it"] = _ => (header, _) => header["jwk"] = new JsonObject { ["kty"] = "oct", ["k"] = "AAAA" },
        ["a point beside the curve"] = _ => (header, _) => header["jwk"]!["y"] = header["jwk"]!["x"]!.DeepClone(),
        ["no key"] = _ => (header, _) => header.Remove("jwk"),
        ["another's key"] = server => (header, _) => header["jwk"] = new ProofMaker(server.Clock).Jwk.DeepClone(),
        ["a critical member"] = _ => (header, _) => header["crit"] = new JsonArray("b64"),
        ["no id"] = _ => (_, claims) => claims.Remove("jti"),
        ["a number as id"] = _ => (_, claims) => claims["jti"] = 7,
        ["a long id"] = _ => (_, claims) => claims["jti"] = new string('x', 201),
        ["another method"] = _ => (_, claims) => claims["htm"] = "PUT",
        ["a method in lower case"] = _ => (_, claims) => claims["htm"] = claims["htm"]!.GetValue<string>().ToLowerInvariant(),
        ["another path"] = _ => (_, claims) => claims["htu"] = claims["htu"]!.GetValue<string>() + "/more",
        ["another host"] = _ => (_, claims) => claims["htu"] = "http://rally.example/oauth2/token",
        ["another scheme"] = _ => (_, claims) => claims["htu"] = claims["htu"]!.GetValue<string>().Replace("http:", "https:", StringComparison.Ordinal),
        ["no address"] = _ => (_, claims) => claims.Remove("htu"),
        ["a path as address"] = _ => (_, claims) => claims["htu"] = "/oauth2/token",
        ["no time"] = _ => (_, claims) => claims.Remove("iat"),
        ["an old time"] = server => (_, claims) => claims["iat"] = server.Clock.GetUtcNow().ToUnixTimeSeconds() - 302,
        ["a time to come"] = server => (_, claims) => claims["iat"] = server.Clock.GetUtcNow().ToUnixTimeSeconds() + 62,
        ["a time beyond all times"] = _ => (_, claims) => claims["iat"] = 1e300,
    };

    [Theory, MemberData(nameof(Spoilt))]
    public async Task A_proof_that_is_spoilt_gets_and_opens_nothing(string how)
    {
        await using var server = await AuthServer.StartAsync();
        using var key = new ProofMaker(server.Clock);
        var app = Prover(server, key);
        var token = (await app.ClientTokenAsync("webhooks:manage")).AccessToken;
        Assert.Equal(HttpStatusCode.OK, (await app.CallAsync("/sample/webhooks", token)).StatusCode);

        app.Proof = (method, url, accessToken) => key.Make(method, url, accessToken, Spoils[how](server));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_dpop_proof"), Told(await app.ClientTokenAsync()));
        await RefusedAsync(app, token, "invalid_dpop_proof");
    }

    [Fact]
    public async Task A_proof_that_is_no_proof_opens_nothing()
    {
        await using var server = await AuthServer.StartAsync();
        using var key = new ProofMaker(server.Clock);
        var app = Prover(server, key);
        var token = (await app.ClientTokenAsync("webhooks:manage")).AccessToken;
        string Proof(string method, string url, string? accessToken) => key.Make(method, url, accessToken);
        string With(string method, string url, string? accessToken, Func<byte[], byte[]> sign) => key.Make(method, url, accessToken, sign: sign);
        foreach (var spoilt in new Func<string, string, string?, string?>[]
        {
            (_, _, _) => "x",
            (_, _, _) => "a.b.c",
            (_, _, _) => "",
            (_, _, _) => new string('.', 3),
            (_, _, _) => new string('A', 9000),
            (method, url, accessToken) => Proof(method, url, accessToken) + ".",
            (method, url, accessToken) => Proof(method, url, accessToken).Split('.')[0] + "..",
            (method, url, accessToken) => With(method, url, accessToken, _ => []),
            (method, url, accessToken) => With(method, url, accessToken, _ => new byte[64]),
            (method, url, accessToken) => With(method, url, accessToken, data => HMACSHA256.HashData(Encoding.UTF8.GetBytes(key.Jwk.ToJsonString()), data)),
            (method, url, accessToken) => key.Sign("[]", "{}"),
            (method, url, accessToken) => key.Sign($$"""{"typ":"dpop+jwt","alg":"none","alg":"ES256","jwk":{{key.Jwk.ToJsonString()}}}""", "{}"),
        })
        {
            app.Proof = spoilt;
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_dpop_proof"), Told(await app.ClientTokenAsync()));
            await RefusedAsync(app, token, "invalid_dpop_proof");
        }

        app.Proof = (_, _, _) => null;
        await RefusedAsync(app, token, "invalid_dpop_proof");
        using var twice = new HttpRequestMessage(HttpMethod.Get, "/sample/webhooks");
        twice.Headers.Authorization = new AuthenticationHeaderValue("DPoP", token);
        foreach (var _ in new[] { 1, 2 })
            twice.Headers.TryAddWithoutValidation("DPoP", Proof("GET", server.Address + "sample/webhooks", token));
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.Http.SendAsync(twice)).StatusCode);
    }

    [Theory, EachEngine]
    public async Task Tokens_of_every_grant_are_bound_to_the_key_that_was_proven(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        foreach (var algorithm in new[] { "ES256", "RS256" })
        {
            using var key = new ProofMaker(server.Clock, algorithm);
            var app = Prover(server, key);
            var code = await app.RedeemAsync(await app.ObtainCodeAsync(browser));
            await BoundAsync(server, app, code, key);
            await BoundAsync(server, app, await app.RefreshAsync(code.RefreshToken), key);
            await BoundAsync(server, app, await app.ClientTokenAsync(), key);
            var device = (await app.BeginDeviceAsync()).Json;
            var page = await browser.PressAsync(await browser.OpenAsync("/device"), "Continue", ("user_code", device.GetProperty("user_code").GetString()!));
            await browser.PressAsync(page, "Allow");
            await BoundAsync(server, app, await app.PollAsync(device.GetProperty("device_code").GetString()!), key);
        }
    }

    [Theory, EachEngine]
    public async Task A_proof_is_good_for_one_request_and_forgotten_when_it_is_too_old(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        using var key = new ProofMaker(server.Clock);
        var app = Prover(server, key);
        var token = (await app.ClientTokenAsync("webhooks:manage")).AccessToken;
        var (proof, atToken) = (key.Make("GET", server.Address + "sample/webhooks", token), key.Make("POST", server.Address + "oauth2/token"));

        app.Proof = (_, _, _) => proof;
        Assert.Equal(HttpStatusCode.OK, (await app.CallAsync("/sample/webhooks", token)).StatusCode);
        await RefusedAsync(app, token, "invalid_dpop_proof");
        app.Proof = (_, _, _) => atToken;
        Assert.Equal(HttpStatusCode.OK, (await app.ClientTokenAsync()).Status);
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_dpop_proof"), Told(await app.ClientTokenAsync()));
        Assert.Equal(3, await CountAsync(server));

        server.Clock.Jump(TimeSpan.FromMinutes(5));
        await server.Get<PruneExpired>().RunOnceAsync(default);
        Assert.Equal(3, await CountAsync(server));
        server.Clock.Jump(TimeSpan.FromMinutes(2));
        await server.Get<PruneExpired>().RunOnceAsync(default);
        Assert.Equal(0, await CountAsync(server));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid_dpop_proof"), Told(await app.ClientTokenAsync()));
    }

    [Fact]
    public async Task A_proof_names_the_token_it_goes_with_and_comes_of_its_key()
    {
        await using var server = await AuthServer.StartAsync();
        using var key = new ProofMaker(server.Clock);
        using var other = new ProofMaker(server.Clock);
        var app = Prover(server, key);
        var token = (await app.ClientTokenAsync("webhooks:manage")).AccessToken;
        var another = (await app.ClientTokenAsync("webhooks:manage")).AccessToken;

        foreach (var proof in new Func<string, string, string?, string?>[]
        {
            (method, url, _) => key.Make(method, url),
            (method, url, _) => key.Make(method, url, another),
            (method, url, accessToken) => other.Make(method, url, accessToken),
        })
        {
            app.Proof = proof;
            await RefusedAsync(app, token, "invalid_dpop_proof");
        }

        app.Proof = null;
        var asBearer = await app.CallAsync("/sample/webhooks", token);
        Assert.Equal(HttpStatusCode.Unauthorized, asBearer.StatusCode);
        Assert.StartsWith("Bearer realm=\"api\", error=\"invalid_token\"", asBearer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        var bearer = (await app.ClientTokenAsync("webhooks:manage")).AccessToken;
        app.Proof = (method, url, accessToken) => key.Make(method, url, accessToken);
        await RefusedAsync(app, bearer, "invalid_token");
    }

    [Fact]
    public async Task The_address_is_compared_in_its_normal_form_and_as_clients_see_it_before_a_proxy()
    {
        await using var server = await AuthServer.StartAsync(configure: options => options.PublicUrl = new Uri("https://rally.example"));
        using var key = new ProofMaker(server.Clock);
        var app = new OAuthApp(server);
        foreach (var address in new[]
        {
            "https://rally.example/oauth2/token", "HTTPS://RALLY.example:443/oauth2/token", "https://rally.example/oauth2/x/../token",
            "https://rally.example/oauth2/%74oken", "https://rally.example/oauth2/token?a=b#c",
        })
        {
            app.Proof = (method, _, _) => key.Make(method, address, spoil: (_, claims) => claims["htu"] = address);
            Assert.Equal(HttpStatusCode.OK, (await app.ClientTokenAsync()).Status);
        }

        foreach (var address in new[] { server.Address + "oauth2/token", "https://rally.example:8443/oauth2/token", "https://rally.example/oauth2/Token" })
        {
            app.Proof = (method, _, _) => key.Make(method, address);
            Assert.Equal("invalid_dpop_proof", (await app.ClientTokenAsync()).Error);
        }
    }

    internal static OAuthApp Prover(AuthServer server, ProofMaker key, string clientId = "bot", string? secret = AuthServer.BotSecret) =>
        new(server, clientId, secret) { Proof = (method, url, token) => key.Make(method, url, token) };

    private static (HttpStatusCode Status, string? Error) Told(OAuthApp.Answer answer) => (answer.Status, answer.Error);

    private static Task<long> CountAsync(AuthServer server) =>
        server.Store.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM auth_dpop_proof"));

    private static async Task RefusedAsync(OAuthApp app, string token, string error)
    {
        var refused = await app.CallAsync("/sample/webhooks", token);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        var challenge = Assert.Single(refused.Headers.WwwAuthenticate, each => each.Scheme == "DPoP").Parameter!;
        Assert.Contains($"error=\"{error}\"", challenge, StringComparison.Ordinal);
        Assert.Contains("algs=\"RS256 ES256\"", challenge, StringComparison.Ordinal);
    }

    private static async Task BoundAsync(AuthServer server, OAuthApp app, OAuthApp.Answer tokens, ProofMaker key)
    {
        Assert.Equal(HttpStatusCode.OK, tokens.Status);
        Assert.Equal("DPoP", tokens.Json.GetProperty("token_type").GetString());
        var told = (await app.IntrospectAsync(tokens.AccessToken)).Json;
        Assert.Equal(("DPoP", key.Thumbprint), (told.GetProperty("token_type").GetString(), told.GetProperty("cnf").GetProperty("jkt").GetString()));
        Assert.Equal(told.TryGetProperty("sub", out _) ? HttpStatusCode.OK : HttpStatusCode.Forbidden, (await app.CallAsync("/oauth2/userinfo", tokens.AccessToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await new OAuthApp(server).CallAsync("/oauth2/userinfo", tokens.AccessToken)).StatusCode);
    }
}
