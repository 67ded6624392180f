using System.Net;
using Rally.Auth.Accounts;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class SignInTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory, EachEngine]
    public async Task Five_wrong_passwords_lock_the_account_for_five_minutes(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var page = await browser.OpenAsync("/sign-in");
        for (var wrong = 0; wrong < 5; wrong++)
        {
            page = await browser.SignInAsync(page, password: "wrong password");
            Assert.Equal((HttpStatusCode.BadRequest, "Sign in"), (page.Status, page.Title));
            Assert.NotNull(page.Document.QuerySelector("[role=alert]"));
        }

        page = await browser.SignInAsync(page);
        Assert.Equal("Sign in", page.Title);
        server.Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        page = await browser.SignInAsync(page);
        Assert.Equal("Sign in", page.Title);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        page = await browser.SignInAsync(page);
        Assert.Equal("Your account", page.Title);
    }

    [Theory, EachEngine]
    public async Task Guesses_sent_side_by_side_meet_the_same_lockout(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var signIn = server.Get<SignIn>();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => signIn.ExecuteAsync("alice", $"guess number {i}", default)));
        Assert.Null(await signIn.ExecuteAsync("alice", AuthServer.Password, default));
    }

    [Fact]
    public async Task A_right_password_sets_the_count_back()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        var signIn = server.Get<SignIn>();
        for (var round = 0; round < 2; round++)
        {
            for (var wrong = 0; wrong < 4; wrong++)
                Assert.Null(await signIn.ExecuteAsync("alice", "wrong password", default));
            Assert.NotNull(await signIn.ExecuteAsync(" Alice ", AuthServer.Password, default));
        }
    }

    [Theory, EachEngine]
    public async Task A_password_is_hashed_anew_when_the_cost_was_raised(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        var accounts = server.Get<AccountStore>();
        var before = (await accounts.FindByNameAsync("alice", default))!;
        var cheap = new Microsoft.AspNetCore.Identity.PasswordHasher<Account>(
            Microsoft.Extensions.Options.Options.Create(new Microsoft.AspNetCore.Identity.PasswordHasherOptions { IterationCount = 1000 }));
        before.PasswordHash = cheap.HashPassword(before, AuthServer.Password);
        await accounts.UpdateAsync(before, default);

        Assert.NotNull(await server.Get<SignIn>().ExecuteAsync("alice", AuthServer.Password, default));
        var after = (await accounts.FindByNameAsync("alice", default))!;
        Assert.NotEqual(before.PasswordHash, after.PasswordHash);
        Assert.NotNull(await server.Get<SignIn>().ExecuteAsync("alice", AuthServer.Password, default));
    }

    [Fact]
    public async Task An_unknown_name_gets_the_answer_of_a_wrong_password()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var page = await browser.OpenAsync("/sign-in");
        var unknown = await browser.SignInAsync(page, "nobody");
        var wrong = await browser.SignInAsync(page, "alice", "wrong password");
        Assert.Equal((wrong.Status, wrong.Text), (unknown.Status, unknown.Text));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.SignInAsync(page, "a\0b")).Status);
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("https://evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("\\\\evil.example")]
    [InlineData("/é")]
    [InlineData("/a\r\nSet-Cookie: x=y")]
    [InlineData("evil.example")]
    [InlineData("")]
    public async Task After_sign_in_nobody_is_sent_elsewhere(string returnUrl)
    {
        using var browser = shared.Server.OpenBrowser();
        var page = await browser.OpenAsync("/sign-in");
        var done = await browser.PressAsync(
            page, "Sign in", ("username", "alice"), ("password", AuthServer.Password), ("returnUrl", returnUrl));
        Assert.Equal((null, "/account"), (done.Left, done.Url.AbsolutePath));
        var signedOut = await browser.PressAsync(done, "Sign out", ("returnUrl", returnUrl));
        Assert.Null(signedOut.Left);
        var shown = await browser.OpenAsync("/sign-in?returnUrl=" + Uri.EscapeDataString(returnUrl));
        Assert.Equal("/account", shown.Document.QuerySelector("input[name=returnUrl]")!.GetAttribute("value"));
    }

    [Fact]
    public async Task A_form_without_its_token_or_with_another_persons_is_refused()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        await server.CreateAccountAsync("bob");
        using var browser = server.OpenBrowser();
        var account = await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        Dictionary<string, string> form = new() { ["username"] = "alice", ["password"] = AuthServer.Password, ["decision"] = "allow", ["client_id"] = "bot" };
        foreach (var path in new[] { "/sign-in", "/sign-up", "/sign-out", "/consent", "/account/revoke", "/account/sessions/end", "/account/sessions/end-others", "/account/password", "/account/email", "/confirm-email", "/forgot-password", "/reset-password", "/operator/setup", "/operator/lock", "/operator/unlock", "/sign-in/code", "/account/second-factor" })
        {
            var page = await browser.PostAsync(path, form);
            Assert.Equal((HttpStatusCode.BadRequest, "That form is no longer good"), (page.Status, page.Title));
        }

        using var other = server.OpenBrowser();
        await other.SignInAsync(await other.OpenAsync("/sign-in"), "bob");
        Assert.Equal(HttpStatusCode.BadRequest, (await other.PressAsync(account, "Sign out")).Status);
    }

    [Fact]
    public async Task The_session_cookie_is_for_this_host_only_and_hidden_from_scripts()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        var cookies = browser.Cookies.GetCookies(server.Address);
        Assert.Equal(["rally.form", "rally.session"], cookies.Select(cookie => cookie.Name).Order());
        Assert.All(cookies, cookie => Assert.True(cookie.HttpOnly && cookie.Domain == server.Address.Host));
    }

    [Fact]
    public async Task Behind_https_the_session_cookie_is_secure()
    {
        await using var server = await AuthServer.StartAsync(configure: options => options.PublicUrl = new Uri("https://rally.example"));
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        // The redirect to the account page is over http here, so the browser keeps the session to itself.
        Assert.Equal("Sign in", (await browser.SignInAsync(await browser.OpenAsync("/sign-in"))).Title);
        var secureAddress = new UriBuilder(server.Address) { Scheme = "https" }.Uri;
        Assert.True(browser.Cookies.GetCookies(secureAddress)["rally.session"]!.Secure);
        var metadata = await OAuthApp.ReadAsync(await server.Http.GetAsync("/.well-known/oauth-authorization-server"));
        Assert.Equal("https://rally.example", metadata.GetProperty("issuer").GetString());
    }

    [Fact]
    public async Task A_session_ends_when_its_account_is_gone_or_after_two_weeks_without_use()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        Assert.Equal("Your account", (await browser.SignInAsync(await browser.OpenAsync("/sign-in"))).Title);
        server.Clock.Jump(TimeSpan.FromDays(13));
        Assert.Equal("Your account", (await browser.OpenAsync("/account")).Title);
        server.Clock.Jump(TimeSpan.FromDays(13));
        Assert.Equal("Your account", (await browser.OpenAsync("/account")).Title);
        server.Clock.Jump(TimeSpan.FromDays(15));
        Assert.Equal("Sign in", (await browser.OpenAsync("/account")).Title);

        var signedIn = await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        Assert.Equal("Your account", signedIn.Title);
        var accounts = server.Get<AccountStore>();
        await accounts.DeleteAsync((await accounts.FindByNameAsync("alice", default))!, default);
        Assert.Equal("Sign in", (await browser.OpenAsync("/account")).Title);
    }

    [Fact]
    public async Task Switching_accounts_comes_back_to_the_same_request()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        await server.CreateAccountAsync("bob");
        using var browser = server.OpenBrowser();
        var app = new OAuthApp(server);
        var consent = await browser.SignInAsync(await browser.OpenAsync(app.AuthorizeUrl()));
        Assert.Contains("Signed in as alice", consent.Text, StringComparison.Ordinal);
        var signIn = await browser.PressAsync(consent, "Switch account");
        Assert.Contains("Rally Bot", signIn.Text, StringComparison.Ordinal);
        consent = await browser.SignInAsync(signIn, "bob");
        Assert.Contains("Signed in as bob", consent.Text, StringComparison.Ordinal);
        Assert.NotNull((await browser.PressAsync(consent, "Allow")).Left);
    }
}
