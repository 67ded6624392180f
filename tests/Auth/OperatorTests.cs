using System.Net;
using Rally.Auth.Accounts;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class OperatorTests
{
    [Theory, EachEngine]
    public async Task The_first_operator_comes_by_a_link_that_is_good_once_and_is_never_given_again(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var first = server.Get<FirstOperator>();
        var link = (await first.OfferAsync(default))!;
        var other = (await first.OfferAsync(default))!;
        using var browser = server.OpenBrowser();
        var signIn = await browser.OpenAsync(link);
        Assert.Equal("Sign in", signIn.Title);
        var signUp = await browser.OpenAsync(signIn.Document.QuerySelector("main p a")!.GetAttribute("href")!);
        var setup = await browser.PressAsync(signUp, "Sign up", ("username", "olga"), ("password", AuthServer.Password));
        Assert.Contains("The Rally account olga will run this installation", setup.Text, StringComparison.Ordinal);
        Assert.Equal("Operator", (await browser.PressAsync(setup, "Become the operator")).Title);
        Assert.Contains("Run this installation", (await browser.OpenAsync("/account")).Text, StringComparison.Ordinal);

        foreach (var over in new[] { link, other })
            Assert.Equal((HttpStatusCode.BadRequest, "This link is over"), ((await browser.OpenAsync(over)).Status, (await browser.OpenAsync(over)).Title));
        Assert.Null(await first.OfferAsync(default));
    }

    [Theory, EachEngine]
    public async Task Of_two_links_used_at_once_one_makes_an_operator(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var first = server.Get<FirstOperator>();
        var tries = new List<(string Token, Guid Account)>();
        for (var i = 0; i < 4; i++)
            tries.Add(((await first.OfferAsync(default))!.Split('=')[1], await server.CreateAccountAsync($"person{i}")));
        var made = await Task.WhenAll(tries.Select(each => Task.Run(() => first.MakeAsync(each.Token, each.Account, default))));
        Assert.Single(made, isMade => isMade);
    }

    [Fact]
    public async Task The_first_operators_link_is_over_after_a_day()
    {
        await using var server = await AuthServer.StartAsync();
        var link = (await server.Get<FirstOperator>().OfferAsync(default))!;
        using var browser = server.OpenBrowser();
        Assert.Equal("Sign in", (await browser.OpenAsync(link)).Title);
        server.Clock.Jump(TimeSpan.FromDays(1));
        Assert.Equal("This link is over", (await browser.OpenAsync(link)).Title);
    }

    [Fact]
    public async Task For_others_there_is_no_such_page_and_their_forms_do_nothing()
    {
        await using var server = await AuthServer.StartAsync();
        var alice = await server.CreateAccountAsync();
        await server.CreateAccountAsync("bob");
        await server.CreateAccountAsync("olga");
        await server.MakeOperatorAsync("olga");
        using var bob = server.OpenBrowser();
        Assert.Equal("Sign in", (await bob.OpenAsync("/operator")).Title);
        var account = await bob.SignInAsync(await bob.OpenAsync("/sign-in"), "bob");
        Assert.DoesNotContain("Run this installation", account.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await bob.OpenAsync("/operator")).Status);
        var token = account.Document.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!;
        foreach (var path in new[] { "/operator/lock", "/operator/unlock" })
            Assert.Equal(HttpStatusCode.NotFound, (await bob.PostAsync(path, new Dictionary<string, string> { ["__RequestVerificationToken"] = token, ["account"] = alice.ToString() })).Status);
        Assert.NotNull(await server.Get<SignIn>().ExecuteAsync("alice", AuthServer.Password, default));
    }

    [Theory, EachEngine]
    public async Task An_operator_passes_a_link_on_where_there_is_no_mail(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var alice = server.OpenBrowser();
        await alice.PressAsync(await alice.OpenAsync("/forgot-password"), "Ask for a link", ("who", "alice"));
        using var olga = await OperatorAsync(server);
        var page = await olga.OpenAsync("/operator");
        await Eventually.TrueAsync(async () => (page = await olga.OpenAsync("/operator")).Text.Contains("Reset your password, alice", StringComparison.Ordinal), "the link");
        var link = page.Document.QuerySelector(".apps code")!.TextContent;
        Assert.StartsWith(server.Address + "reset-password?token=", link, StringComparison.Ordinal);
        Assert.Equal("Choose another password", (await alice.OpenAsync(link)).Title);
    }

    [Theory, EachEngine]
    public async Task An_operator_finds_an_account_and_locks_it_with_all_that_acts_for_it(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var (app, tokens) = await RefreshTests.SignedInAppAsync(server);
        var id = (await server.Get<AccountStore>().FindByNameAsync("alice", default))!.Id;
        await server.CreateAccountAsync("al_ice");
        using var alice = server.OpenBrowser();
        await alice.SignInAsync(await alice.OpenAsync("/sign-in"));
        using var olga = await OperatorAsync(server);

        Assert.Equal(["al_ice", "alice", "olga"], Names(await olga.OpenAsync("/operator")).Order(StringComparer.Ordinal));
        Assert.Equal(["al_ice", "alice"], Names(await olga.OpenAsync("/operator?q=AL")).Order(StringComparer.Ordinal));
        Assert.Equal(["al_ice"], Names(await olga.OpenAsync("/operator?q=al_")));
        Assert.Contains("Nobody was found", (await olga.OpenAsync("/operator?q=%25")).Text, StringComparison.Ordinal);
        var page = await olga.OpenAsync($"/operator?q={id}");
        Assert.Equal(["alice"], Names(page));

        page = await olga.PressAsync(page, "Lock");
        Assert.Contains("Locked by an operator", page.Text, StringComparison.Ordinal);
        Assert.Equal("Sign in", (await alice.OpenAsync("/account")).Title);
        Assert.Null(await server.Get<SignIn>().ExecuteAsync("alice", AuthServer.Password, default));
        Assert.False(await app.WorksAsync(tokens.AccessToken));
        Assert.Equal("invalid_grant", (await app.RefreshAsync(tokens.RefreshToken)).Error);
        Assert.Contains($"locked the account {id}", server.Logs.All, StringComparison.Ordinal);

        page = await olga.PressAsync(page, "Unlock");
        Assert.DoesNotContain("Locked by", page.Text, StringComparison.Ordinal);
        Assert.Equal("Your account", (await alice.SignInAsync(await alice.OpenAsync("/sign-in"))).Title);
    }

    [Theory, EachEngine]
    public async Task An_operator_ends_a_lockout_and_cannot_be_locked(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine, options => options.FailedSignInsBeforeLockout = 1);
        await server.CreateAccountAsync();
        Assert.Null(await server.Get<SignIn>().ExecuteAsync("alice", "wrong", default));
        using var olga = await OperatorAsync(server);
        var page = await olga.OpenAsync("/operator?q=alice");
        Assert.Contains("After wrong passwords locked until", page.Text, StringComparison.Ordinal);
        page = await olga.PressAsync(page, "Unlock");
        Assert.DoesNotContain("After wrong passwords", page.Text, StringComparison.Ordinal);
        Assert.NotNull(await server.Get<SignIn>().ExecuteAsync("alice", AuthServer.Password, default));

        var own = (await server.Get<AccountStore>().FindByNameAsync("olga", default))!.Id;
        await olga.PressAsync(page, "Lock", ("account", own.ToString()));
        Assert.Equal("Operator", (await olga.OpenAsync("/operator")).Title);
    }

    [Theory, EachEngine]
    public async Task After_a_quarter_of_an_hour_an_operator_shows_once_more_who_they_are(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var olga = await OperatorAsync(server);
        var page = await olga.OpenAsync("/operator?q=alice");
        server.Clock.Advance(RecentProof.Lifetime + TimeSpan.FromSeconds(1));
        var keys = await (await server.Http.GetAsync("/oauth2/jwks")).Content.ReadAsStringAsync();
        foreach (var button in new[] { "Lock", "Change the keys", "Change the keys and withdraw the old ones" })
            Assert.Equal("Is it still you?", (await olga.PressAsync(page, button)).Title);
        Assert.NotNull(await server.Get<SignIn>().ExecuteAsync("alice", AuthServer.Password, default));
        Assert.Equal(keys, await (await server.Http.GetAsync("/oauth2/jwks")).Content.ReadAsStringAsync());

        page = await olga.PressAsync(await olga.PressAsync(page, "Lock"), "Go on", ("password", AuthServer.Password));
        Assert.Equal(["alice"], Names(page));
        Assert.Contains("Locked by an operator", (await olga.PressAsync(page, "Lock")).Text, StringComparison.Ordinal);
        await olga.PressAsync(page, "Change the keys and withdraw the old ones");
        Assert.NotEqual(keys, await (await server.Http.GetAsync("/oauth2/jwks")).Content.ReadAsStringAsync());
    }

    private static async Task<Browser> OperatorAsync(AuthServer server)
    {
        await server.CreateAccountAsync("olga");
        await server.MakeOperatorAsync("olga");
        var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"), "olga");
        return browser;
    }

    private static IEnumerable<string> Names(Browser.Page page) =>
        page.Document.QuerySelectorAll("form[role=search] + .apps strong").Select(name => name.TextContent);
}
