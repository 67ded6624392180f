using System.Net;
using Dapper;
using Rally.Auth.Accounts;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class SessionTests
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    private const string Phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

    [Theory, EachEngine]
    public async Task A_person_sees_their_browsers_and_signs_one_out(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        await server.CreateAccountAsync("bob");
        using var here = server.OpenBrowser("203.0.113.9", Firefox);
        using var phone = server.OpenBrowser("2001:db8::7", Phone);
        using var bobs = server.OpenBrowser();
        await SignInAsync(phone);
        await SignInAsync(bobs, "bob");
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        var account = await SignInAsync(here);

        var rows = account.Document.QuerySelectorAll(".apps li").Select(row => string.Join(' ', row.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Equal(2, rows.Count);
        Assert.StartsWith("Firefox on Linux (this browser) 203.0.113.9, signed in ", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("Safari on iPhone 2001:db8::7, signed in ", rows[1], StringComparison.Ordinal);

        account = await here.PressAsync(account, "Sign out there");
        Assert.DoesNotContain("Safari", account.Text, StringComparison.Ordinal);
        Assert.Equal("Sign in", (await phone.OpenAsync("/account")).Title);
        Assert.Equal("Your account", (await here.OpenAsync("/account")).Title);
        Assert.Equal("Your account", (await bobs.OpenAsync("/account")).Title);
    }

    [Theory, EachEngine]
    public async Task Signing_out_everywhere_else_leaves_this_browser_alone(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var id = await server.CreateAccountAsync();
        using var here = server.OpenBrowser();
        using var other = server.OpenBrowser();
        await SignInAsync(other);
        var account = await SignInAsync(here);
        var stamp = (await server.Get<AccountStore>().FindAsync(id, default))!.SecurityStamp;
        account = await here.PressAsync(account, "Sign out everywhere else");
        Assert.Equal("Your account", account.Title);
        Assert.DoesNotContain("everywhere else", account.Text, StringComparison.Ordinal);
        Assert.Equal("Sign in", (await other.OpenAsync("/account")).Title);
        Assert.NotEqual(stamp, (await server.Get<AccountStore>().FindAsync(id, default))!.SecurityStamp);
    }

    [Theory, EachEngine]
    public async Task Another_security_stamp_alone_ends_a_session_at_once(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var id = await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        await SignInAsync(browser);
        var account = (await server.Get<AccountStore>().FindAsync(id, default))!;
        account.SecurityStamp = SecurityStamp.New();
        await server.Get<AccountStore>().UpdateAsync(account, default);
        Assert.Equal("Sign in", (await browser.OpenAsync("/account")).Title);
    }

    [Fact]
    public async Task A_cookie_that_was_copied_is_worth_nothing_after_sign_out()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var account = await SignInAsync(browser);
        using var thief = server.OpenBrowser();
        thief.Cookies.Add(server.Address, browser.Cookies.GetCookies(server.Address)["rally.session"]!);
        Assert.Equal("Your account", (await thief.OpenAsync("/account")).Title);
        await browser.PressAsync(account, "Sign out");
        Assert.Equal("Sign in", (await thief.OpenAsync("/account")).Title);
    }

    [Theory, EachEngine]
    public async Task Nobody_ends_the_session_of_another_account(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        await server.CreateAccountAsync("bob");
        using var alices = server.OpenBrowser();
        await SignInAsync(alices);
        using var bobs = server.OpenBrowser();
        await SignInAsync(bobs, "bob");
        using var bobsOther = server.OpenBrowser();
        var account = await SignInAsync(bobsOther, "bob");
        var target = Assert.Single(await server.Get<Sessions>().OfAsync(alice, default)).Id;
        await bobsOther.PressAsync(account, "Sign out there", ("session", target.ToString()));
        Assert.Equal("Your account", (await alices.OpenAsync("/account")).Title);
    }

    [Theory, EachEngine]
    public async Task Another_password_signs_the_other_browsers_out(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var here = server.OpenBrowser();
        using var other = server.OpenBrowser();
        await SignInAsync(other);
        await SignInAsync(here);
        var form = await here.OpenAsync("/account/password");
        var wrong = await here.PressAsync(form, "Change password", ("password", "not the password"), ("new-password", "another good one"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("The present password is not right", wrong.Text, StringComparison.Ordinal);
        var tooShort = await here.PressAsync(form, "Change password", ("password", AuthServer.Password), ("new-password", "short"));
        Assert.Contains("A password has 10 to 256 characters", tooShort.Text, StringComparison.Ordinal);
        Assert.Equal("Your account", (await other.OpenAsync("/account")).Title);

        var done = await here.PressAsync(form, "Change password", ("password", AuthServer.Password), ("new-password", "another good one"));
        Assert.Equal("Your password is changed", done.Title);
        Assert.Equal("Your account", (await here.OpenAsync("/account")).Title);
        Assert.Equal("Sign in", (await other.OpenAsync("/account")).Title);
        Assert.Equal("Sign in", (await SignInAsync(other)).Title);
        Assert.Equal("Your account", (await other.SignInAsync(await other.OpenAsync("/sign-in"), password: "another good one")).Title);
    }

    [Fact]
    public async Task Guesses_at_the_present_password_lock_the_account()
    {
        await using var server = await AuthServer.StartAsync(configure: options => options.FailedSignInsBeforeLockout = 2);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        await SignInAsync(browser);
        var form = await browser.OpenAsync("/account/password");
        for (var guess = 0; guess < 2; guess++)
            await browser.PressAsync(form, "Change password", ("password", "a guess"), ("new-password", "another good one"));
        var locked = await browser.PressAsync(form, "Change password", ("password", AuthServer.Password), ("new-password", "another good one"));
        Assert.Equal(HttpStatusCode.BadRequest, locked.Status);
    }

    [Fact]
    public async Task Signing_in_again_leaves_no_session_behind()
    {
        await using var server = await AuthServer.StartAsync();
        var id = await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        await SignInAsync(browser);
        await SignInAsync(browser);
        Assert.Single(await server.Get<Sessions>().OfAsync(id, default));
    }

    [Theory, EachEngine]
    public async Task Sessions_that_are_over_are_forgotten_at_the_next_sign_in(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        await SignInAsync(browser);
        server.Clock.Jump(TimeSpan.FromDays(20));
        await SignInAsync(browser);
        Assert.Equal(1, await server.Store.ReadAsync(connection => connection.ExecuteScalarAsync<long>("SELECT COUNT(*) FROM auth_session")));
    }

    [Theory]
    [InlineData(Firefox, "Firefox on Linux")]
    [InlineData(Phone, "Safari on iPhone")]
    [InlineData("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge on Windows")]
    [InlineData("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome on Android")]
    [InlineData("curl/8.14", "Unknown browser")]
    [InlineData("", "Unknown browser")]
    [InlineData(null, "Unknown browser")]
    public void A_browser_is_called_by_its_name(string? userAgent, string name) => Assert.Equal(name, BrowserName.Of(userAgent));

    private static async Task<Browser.Page> SignInAsync(Browser browser, string userName = "alice") =>
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"), userName);
}
