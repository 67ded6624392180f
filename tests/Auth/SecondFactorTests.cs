using System.Net;
using System.Text;
using Dapper;
using Rally.Auth.Accounts;
using Rally.Auth.SecondFactors;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class SecondFactorTests
{
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_RFC_6238(long seconds, string code)
    {
        var (key, time) = (Encoding.ASCII.GetBytes("12345678901234567890"), DateTimeOffset.FromUnixTimeSeconds(seconds));
        Assert.Equal(code, Totp.Code(key, Totp.StepOf(time)));
        Assert.Equal(Totp.StepOf(time), Totp.Match(key, code, time.AddSeconds(30)));
        Assert.Equal(Totp.StepOf(time), Totp.Match(key, code, time.AddSeconds(-30)));
        Assert.Null(Totp.Match(key, code, time.AddSeconds(60)));
        Assert.Null(Totp.Match(key, code, time.AddSeconds(-90)));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("fooba\u007f\u0000 za", "MZXW6YTBP4ACA6TB")]
    public void Keys_are_shown_in_base32(string bytes, string text) => Assert.Equal(text, Base32.Encode(Encoding.Latin1.GetBytes(bytes)));

    [Theory, EachEngine]
    public async Task A_code_is_asked_for_at_sign_in_and_none_is_good_twice(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var elsewhere = server.OpenBrowser();
        await elsewhere.SignInAsync(await elsewhere.OpenAsync("/sign-in"));
        using var browser = server.OpenBrowser();
        var (key, recovery) = await TurnOnAsync(server, browser);
        Assert.Equal(RecoveryCodes.Count, recovery.Distinct().Count());
        Assert.Contains("Second factor: on", (await browser.OpenAsync("/account")).Text, StringComparison.Ordinal);
        Assert.Equal("Sign in", (await elsewhere.OpenAsync("/account")).Title);

        // The code that turned it on is used.
        var page = await elsewhere.SignInAsync(await elsewhere.OpenAsync("/sign-in"));
        Assert.Equal("Your code", page.Title);
        Assert.Equal("Sign in", (await elsewhere.OpenAsync("/account")).Title);
        page = await elsewhere.PressAsync(page, "Sign in", ("code", CodeNow(server, key)));
        Assert.Equal((HttpStatusCode.BadRequest, "Your code"), (page.Status, page.Title));

        server.Clock.Advance(TimeSpan.FromSeconds(30));
        var code = CodeNow(server, key);
        Assert.Equal("Your account", (await elsewhere.PressAsync(page, "Sign in", ("code", $" {code[..3]} {code[3..]} "))).Title);
        using var thief = server.OpenBrowser();
        page = await thief.SignInAsync(await thief.OpenAsync("/sign-in"));
        Assert.Equal(HttpStatusCode.BadRequest, (await thief.PressAsync(page, "Sign in", ("code", code))).Status);
        Assert.Equal("Sign in", (await thief.OpenAsync("/account")).Title);
    }

    [Theory, EachEngine]
    public async Task Of_many_who_bring_one_code_one_passes(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var (key, recovery) = await TurnOnAsync(server, browser);
        server.Clock.Advance(TimeSpan.FromSeconds(30));
        var account = (await server.Get<AccountStore>().FindByNameAsync("alice", default))!;
        foreach (var code in new[] { CodeNow(server, key), recovery[0] })
        {
            var passed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => server.Get<SecondFactor>().TakeAsync(account, code, default))));
            Assert.Single(passed, isPassed => isPassed);
        }
    }

    [Theory, EachEngine]
    public async Task Who_knows_the_password_gets_no_more_guesses_at_the_code_by_it(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var (key, recovery) = await TurnOnAsync(server, browser);
        server.Clock.Advance(TimeSpan.FromSeconds(30));
        using var thief = server.OpenBrowser();
        var page = await thief.SignInAsync(await thief.OpenAsync("/sign-in"));
        for (var guess = 0; guess < 2; guess++)
        {
            await thief.PressAsync(page, "Sign in", ("code", "12345"));
            page = await thief.SignInAsync(await thief.OpenAsync("/sign-in"));
        }

        // Three passwords and two codes were five attempts.
        Assert.Equal(HttpStatusCode.BadRequest, (await thief.PressAsync(page, "Sign in", ("code", CodeNow(server, key)))).Status);
        Assert.Equal("Sign in", (await thief.SignInAsync(await thief.OpenAsync("/sign-in"))).Title);
        server.Clock.Advance(TimeSpan.FromMinutes(5));
        page = await thief.SignInAsync(await thief.OpenAsync("/sign-in"));
        Assert.Equal("Your account", (await thief.PressAsync(page, "Sign in", ("code", CodeNow(server, key)))).Title);
    }

    [Theory, EachEngine]
    public async Task A_recovery_code_lets_in_once_and_new_ones_end_the_old(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var (key, recovery) = await TurnOnAsync(server, browser);
        using var other = server.OpenBrowser();
        Assert.Equal("Your account", (await WithCodeAsync(other, recovery[0].ToLowerInvariant())).Title);
        Assert.Equal("Your code", (await WithCodeAsync(other, recovery[0])).Title);
        Assert.Contains("9 of your recovery codes are left", (await browser.OpenAsync("/account/second-factor")).Text, StringComparison.Ordinal);

        server.Clock.Advance(TimeSpan.FromMinutes(6));
        var form = await browser.OpenAsync("/account/second-factor");
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PressAsync(form, "Make new recovery codes", ("password", AuthServer.Password), ("code", "000"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PressAsync(form, "Turn off", ("password", "wrong"), ("code", CodeNow(server, key)))).Status);
        var renewed = CodesOf(await browser.PressAsync(form, "Make new recovery codes", ("password", AuthServer.Password), ("code", CodeNow(server, key))));
        Assert.Equal("Your code", (await WithCodeAsync(other, recovery[1])).Title);
        Assert.Equal("Your account", (await WithCodeAsync(other, renewed[0])).Title);

        server.Clock.Advance(TimeSpan.FromSeconds(30));
        form = await browser.OpenAsync("/account/second-factor");
        var account = await browser.PressAsync(form, "Turn off", ("password", AuthServer.Password), ("code", CodeNow(server, key)));
        Assert.Contains("Second factor: off", account.Text, StringComparison.Ordinal);
        Assert.Equal("Your account", (await other.SignInAsync(await other.OpenAsync("/sign-in"))).Title);
    }

    [Fact]
    public async Task What_the_browser_carries_to_the_code_is_good_for_ten_minutes_and_for_the_same_password()
    {
        await using var server = await AuthServer.StartAsync();
        var id = await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var (key, _) = await TurnOnAsync(server, browser);
        using var late = server.OpenBrowser();
        var page = await late.SignInAsync(await late.OpenAsync("/sign-in"));
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal("Sign in", (await late.PressAsync(page, "Sign in", ("code", CodeNow(server, key)))).Title);
        Assert.Equal("Sign in", (await late.PressAsync(page, "Sign in", ("code", CodeNow(server, key)), ("ticket", "AAAA"))).Title);

        page = await late.SignInAsync(await late.OpenAsync("/sign-in"));
        await server.Store.WriteAsync(transaction => Sessions.EndAllAsync(transaction, id, except: null));
        Assert.Equal("Sign in", (await late.PressAsync(page, "Sign in", ("code", CodeNow(server, key)))).Title);
    }

    [Fact]
    public async Task On_the_way_to_an_app_the_code_leads_on_to_it()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var (key, _) = await TurnOnAsync(server, browser);
        server.Clock.Advance(TimeSpan.FromSeconds(30));
        using var other = server.OpenBrowser();
        var page = await other.SignInAsync(await other.OpenAsync(new OAuthApp(server).AuthorizeUrl()));
        Assert.Contains("Rally Bot by The operator asks", page.Text, StringComparison.Ordinal);
        Assert.Contains("form-action 'self' http://127.0.0.1:9;", page.Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var consent = await other.PressAsync(page, "Sign in", ("code", CodeNow(server, key)));
        Assert.NotNull((await other.PressAsync(consent, "Allow")).Left);
    }

    [Theory, EachEngine]
    public async Task The_key_is_sealed_in_the_store_and_only_for_its_account(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        await server.CreateAccountAsync("bob");
        using var bobs = server.OpenBrowser();
        await bobs.SignInAsync(await bobs.OpenAsync("/sign-in"), "bob");
        var bobsKey = (await bobs.OpenAsync("/account/second-factor")).Document.QuerySelector("input[name=key]")!.GetAttribute("value")!;
        using var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        var form = await browser.OpenAsync("/account/second-factor");
        Assert.Equal("That form is no longer good", (await browser.PressAsync(form, "Turn on", ("key", bobsKey), ("code", "1"), ("password", AuthServer.Password))).Title);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PressAsync(form, "Turn on", ("code", "000"), ("password", AuthServer.Password))).Status);

        var (key, recovery) = await TurnOnAsync(server, browser);
        var (sealedKey, hash) = await server.Store.ReadAsync(async connection => (
            await connection.ExecuteScalarAsync<byte[]>("SELECT totp_key FROM auth_account WHERE user_name = 'alice'"),
            await connection.ExecuteScalarAsync<byte[]>("SELECT hash FROM auth_recovery_code LIMIT 1")));
        Assert.True(sealedKey.AsSpan().IndexOf(key) < 0);
        Assert.Equal(32, hash!.Length);
        Assert.DoesNotContain(Base32.Encode(key), server.Logs.All, StringComparison.Ordinal);
        Assert.DoesNotContain(recovery[0], server.Logs.All, StringComparison.Ordinal);
    }

    private static string CodeNow(AuthServer server, byte[] key) => Totp.Code(key, Totp.StepOf(server.Clock.GetUtcNow()));

    private static async Task<Browser.Page> WithCodeAsync(Browser browser, string code) =>
        await browser.PressAsync(await browser.SignInAsync(await browser.OpenAsync("/sign-in")), "Sign in", ("code", code));

    private static List<string> CodesOf(Browser.Page page) => [.. page.Document.QuerySelectorAll("main li code").Select(code => code.TextContent)];

    private static async Task<(byte[] Key, IReadOnlyList<string> Recovery)> TurnOnAsync(AuthServer server, Browser browser)
    {
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        var form = await browser.OpenAsync("/account/second-factor");
        var key = Decode(form.Document.QuerySelector("main code")!.TextContent);
        var done = await browser.PressAsync(form, "Turn on", ("code", CodeNow(server, key)), ("password", AuthServer.Password));
        Assert.Equal("Your second factor is on", done.Title);
        return (key, CodesOf(done));
    }

    // Base32 as an app reads it.
    private static byte[] Decode(string shown)
    {
        var bits = string.Concat(shown.Where(c => c != ' ').Select(c => Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. bits.Chunk(8).Select(octet => Convert.ToByte(new string(octet), 2))];
    }
}
