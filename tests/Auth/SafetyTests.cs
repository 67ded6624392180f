using System.Net;
using Dapper;
using Microsoft.Extensions.Options;
using Rally.Auth.Server;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class SafetyTests
{
    [Fact]
    public async Task Every_page_forbids_scripts_frames_and_caches()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var signIn = await browser.OpenAsync(new OAuthApp(server).AuthorizeUrl());
        var consent = await browser.SignInAsync(signIn);
        Browser.Page[] pages =
        [
            signIn, consent, await browser.OpenAsync("/account"), await browser.OpenAsync("/account/links"), await browser.OpenAsync("/device"), await browser.OpenAsync("/sign-up"), await browser.OpenAsync("/sign-in"),
            await browser.OpenAsync("/sign-out"), await browser.OpenAsync("/oauth2/authorize"), await browser.PostAsync("/consent", []),
        ];
        foreach (var page in pages)
        {
            var policy = page.Response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.StartsWith("default-src 'none'; style-src 'self'; form-action 'self'", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.Equal("DENY", page.Response.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("nosniff", page.Response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.True(page.Response.Headers.CacheControl!.NoStore);
            Assert.Empty(page.Document.QuerySelectorAll("script, style, [style], img"));
            Assert.Single(page.Document.QuerySelectorAll("main"));
            Assert.Single(page.Document.QuerySelectorAll("h1"));
            Assert.All(
                page.Document.QuerySelectorAll("input:not([type=hidden])"),
                input => Assert.NotNull(page.Document.QuerySelector($"label[for={input.Id}]")));
        }

        // Chromium applies form-action to the redirect after the form, so the app's address must be in it.
        foreach (var page in new[] { signIn, consent })
            Assert.Contains("form-action 'self' http://127.0.0.1:9;", page.Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("text/css", (await server.Http.GetAsync("/auth.css")).Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("https://app.example/cb", "https://app.example:443")]
    [InlineData("http://[::1]:5/cb", "http:")]
    [InlineData("com.example.app:/cb", "com.example.app:")]
    public void A_forms_target_is_named_as_csp_can_say_it(string redirectUri, string source) =>
        Assert.Equal(source, RedirectUri.CspSource(redirectUri));

    [Fact]
    public async Task The_metadata_document_says_what_the_server_does()
    {
        await using var server = await AuthServer.StartAsync();
        var response = await server.Http.GetAsync("/.well-known/oauth-authorization-server");
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        var self = server.Address.GetLeftPart(UriPartial.Authority);
        var expected = $$"""
            {"issuer":"{{self}}",
            "authorization_endpoint":"{{self}}/oauth2/authorize",
            "pushed_authorization_request_endpoint":"{{self}}/oauth2/par",
            "token_endpoint":"{{self}}/oauth2/token",
            "device_authorization_endpoint":"{{self}}/oauth2/device_authorization",
            "revocation_endpoint":"{{self}}/oauth2/revoke",
            "introspection_endpoint":"{{self}}/oauth2/introspect",
            "userinfo_endpoint":"{{self}}/oauth2/userinfo",
            "jwks_uri":"{{self}}/oauth2/jwks",
            "scopes_supported":["openid","profile","balances:read","links:read","transfers:send","trades:make","coins:manage","webhooks:manage"],
            "response_types_supported":["code"],
            "response_modes_supported":["query"],
            "grant_types_supported":["authorization_code","refresh_token","client_credentials","urn:ietf:params:oauth:grant-type:device_code"],
            "code_challenge_methods_supported":["S256"],
            "token_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","none"],
            "revocation_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post","none"],
            "introspection_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"],
            "authorization_response_iss_parameter_supported":true,
            "subject_types_supported":["public"],
            "id_token_signing_alg_values_supported":["RS256","ES256"],
            "dpop_signing_alg_values_supported":["RS256","ES256"],
            "claims_supported":["sub","iss","aud","azp","iat","exp","auth_time","nonce","at_hash","preferred_username","username","rnbUserId"],
            "prompt_values_supported":["none","login","consent","select_account"],
            "claims_parameter_supported":false,
            "request_parameter_supported":false,
            "request_uri_parameter_supported":false,
            "authorization_details_types_supported":["identity_link","spending_limit"]}
            """.ReplaceLineEndings("");
        Assert.Equal(expected, await response.Content.ReadAsStringAsync());
    }

    [Theory, EachEngine]
    public async Task No_secret_reaches_the_log_or_the_store(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"), password: "a wrong password");
        var code = await app.ObtainCodeAsync(browser);
        var first = await app.RedeemAsync(code);
        var second = await app.RefreshAsync(first.RefreshToken);
        var third = await app.RefreshAsync(second.RefreshToken);
        await app.RefreshAsync(first.RefreshToken);
        await app.RedeemAsync(code);
        await app.RevokeAsync(second.AccessToken);
        await app.CallAsync("/oauth2/userinfo", second.AccessToken);

        var logs = server.Logs.All;
        Assert.Contains("/oauth2/token", logs, StringComparison.Ordinal);
        var stored = string.Join('\n', await server.Store.ReadAsync(async connection =>
        {
            var texts = new List<string>();
            string[] tables =
            [
                "auth_account", "auth_client", "auth_consent", "auth_grant", "auth_code", "auth_access_token", "auth_refresh_token",
                "auth_signing_key", "auth_session",
            ];
            foreach (var table in tables)
            {
                foreach (IDictionary<string, object?> row in await connection.QueryAsync($"SELECT * FROM {table}"))
                    texts.AddRange(row.Values.Select(value => value is byte[] bytes ? System.Text.Encoding.Latin1.GetString(bytes) : $"{value}"));
            }

            return texts;
        }));
        Assert.Contains("alice", stored, StringComparison.Ordinal);
        string[] secrets =
        [
            AuthServer.Password, "a wrong password", AuthServer.BotSecret, code, app.Verifier,
            first.AccessToken, first.RefreshToken, second.AccessToken, second.RefreshToken, third.AccessToken, third.RefreshToken,
        ];
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, logs, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, stored, StringComparison.Ordinal);
        }
    }

    [Theory, EachEngine]
    public async Task What_expired_is_deleted_and_what_lives_stays(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, tokens) = await RefreshTests.SignedInAppAsync(server);
        await app.ClientTokenAsync();
        var prune = server.Get<PruneExpired>();
        Assert.Equal(0, await prune.RunOnceAsync(default));

        server.Clock.Jump(TimeSpan.FromDays(4));
        await prune.RunOnceAsync(default);
        Assert.Equal((1, 0, 1, 1), await CountAsync(server));
        tokens = await app.RefreshAsync(tokens.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, tokens.Status);

        server.Clock.Jump(TimeSpan.FromDays(62));
        await prune.RunOnceAsync(default);
        Assert.Equal((0, 0, 0, 0), await CountAsync(server));
    }

    [Theory, EachEngine]
    public async Task Expired_rows_go_in_chunks_found_by_an_index(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (_, live) = await RefreshTests.SignedInAppAsync(server);
        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "INSERT INTO auth_grant (id, client_id, scope, created_at, expires_at) VALUES (@id, 'bot', 'profile', 0, @n)",
            Enumerable.Range(0, PruneExpired.Chunk + 1).Select(n => new { id = Guid.NewGuid(), n }), transaction));
        var prune = server.Get<PruneExpired>();
        Assert.Equal(PruneExpired.Chunk, await prune.DeleteChunkAsync("auth_grant", "id", default));
        Assert.Equal(1, await prune.RunOnceAsync(default));
        Assert.True(await new OAuthApp(server).WorksAsync(live.AccessToken));

        foreach (var (table, key) in PruneExpired.Tables)
        {
            var indexed = engine == Engine.Sqlite
                ? "SELECT COUNT(*) FROM pragma_index_list(@table) l, pragma_index_info(l.name) i WHERE i.seqno = 0 AND i.name = 'expires_at'"
                : "SELECT COUNT(*) FROM pg_indexes WHERE tablename = @table AND indexdef LIKE '%(expires_at)'";
            Assert.Equal(1, await server.Store.ReadAsync(connection => connection.ExecuteScalarAsync<long>(indexed, new { table })));
            if (engine == Engine.Sqlite)
            {
                var plan = await server.Store.ReadAsync(connection => connection.QueryAsync(
                    "EXPLAIN QUERY PLAN " + PruneExpired.Delete(table, key), new { before = 0L, PruneExpired.Chunk }));
                Assert.Contains(plan, step => ((string)step.detail).Contains($"{table}_by_expiry", StringComparison.Ordinal));
            }
        }
    }

    [Theory, EachEngine]
    public async Task Requests_and_devices_that_nobody_answered_are_deleted(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new OAuthApp(server);
        await app.PushAsync();
        await app.BeginDeviceAsync();
        server.Clock.Jump(TimeSpan.FromDays(2));
        await server.Get<PruneExpired>().RunOnceAsync(default);
        Assert.Equal(0, await server.Store.ReadAsync(connection => connection.ExecuteScalarAsync<long>(
            "SELECT (SELECT COUNT(*) FROM auth_pushed_request) + (SELECT COUNT(*) FROM auth_device_code)")));
    }

    [Theory, EachEngine]
    public async Task Links_that_nobody_let_move_are_deleted(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (from, to) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("bob"));
        var now = server.Clock.GetUtcNow();
        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
            INSERT INTO auth_link_move (provider, subject, from_account, to_account, name, flow, expires_at)
            VALUES (@provider, '1', @from, @to, '', 'oauth', @end)
            """, new[] { new { provider = "discord", from, to, end = now }, new { provider = "twitch", from, to, end = now + TimeSpan.FromDays(2) } }, transaction));
        server.Clock.Jump(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        await server.Get<PruneExpired>().RunOnceAsync(default);
        Assert.Equal(["twitch"], await server.Store.ReadAsync(connection => connection.QueryAsync<string>("SELECT provider FROM auth_link_move")));
    }

    [Fact]
    public async Task Pruning_runs_by_itself()
    {
        await using var server = await AuthServer.StartAsync();
        await new OAuthApp(server).ClientTokenAsync();
        server.Clock.Jump(TimeSpan.FromDays(4));
        await Eventually.TrueAsync(async () => (await CountAsync(server)).Grants == 0, "the expired token's grant is deleted");
    }

    [Fact]
    public void Settings_that_cannot_work_are_refused_at_start_with_what_to_change()
    {
        Action<AuthOptions>[] wrong =
        [
            options => options.PublicUrl = new Uri("https://rally.example/path"),
            options => options.PublicUrl = new Uri("ftp://rally.example"),
            options => options.PublicUrl = new Uri("/relative", UriKind.Relative),
            options => options.PasswordHashIterations = 1000,
            options => options.FailedSignInsBeforeLockout = 0,
            options => options.LockoutDuration = TimeSpan.Zero,
            options => options.RateLimit.Burst = 0,
            options => options.RateLimit.PerMinute = 0,
            options => (options.Mail.Host, options.Mail.From) = ("127.0.0.1", "rally@rally.example"),
            options => (options.Mail.Host, options.PublicUrl) = ("127.0.0.1", new Uri("https://rally.example")),
            options => options.Mail.UserName = "rally",
            options => options.Mail.Port = 0,
            options => options.SessionIdleLifetime = TimeSpan.Zero,
            options => options.CodeLifetime = TimeSpan.FromMinutes(11),
            options => options.AccessTokenLifetime = TimeSpan.Zero,
            options => options.RefreshTokenIdleLifetime = TimeSpan.FromMinutes(1),
            options => options.IdTokenLifetime = TimeSpan.FromDays(2),
            options => options.DeviceCodeLifetime = TimeSpan.FromHours(2),
            options => options.RefreshRetryWindow = TimeSpan.FromMinutes(11),
            options => options.SigningKeyLifetime = TimeSpan.FromDays(1),
            options => options.AppsPerAccount = -1,
            options => options.OldSecretLifetime = TimeSpan.FromDays(91),
            options => options.Links.ChainId = 0,
        ];
        foreach (var configure in wrong)
        {
            var options = new AuthOptions();
            configure(options);
            Assert.True(new AuthOptionsValidation().Validate(null, options).Failed);
        }

        Assert.Equal(ValidateOptionsResult.Success, new AuthOptionsValidation().Validate(null, new AuthOptions()));
    }

    private static Task<(long Grants, long Access, long Refresh, long Codes)> CountAsync(AuthServer server) =>
        server.Store.ReadAsync(async connection =>
        {
            async Task<long> Of(string table) => await connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM {table}");
            return (await Of("auth_grant"), await Of("auth_access_token"), await Of("auth_refresh_token"), await Of("auth_code"));
        });
}
