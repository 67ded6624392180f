using System.Net;
using Dapper;
using Rally.Auth.Accounts;
using Rally.Auth.SecondFactors;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class PasskeyTests : IDisposable
{
    private const string Origin = "http://rally.example";
    private const string Button = "Sign in with a passkey";
    private readonly Authenticator _device = new(Origin);

    public void Dispose() => _device.Dispose();

    [Theory, EachEngine]
    public async Task A_passkey_signs_in_without_name_password_or_code_until_it_is_removed(Engine engine)
    {
        await using var server = await StartAsync(engine);
        using var alice = server.OpenBrowser();
        var page = await AddAsync(alice);
        Assert.Contains("Laptop", page.Text, StringComparison.Ordinal);
        Assert.Contains("never used", page.Text, StringComparison.Ordinal);
        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_account SET totp_key = @key", new { key = new byte[] { 1 } }, transaction));

        using var elsewhere = server.OpenBrowser();
        Assert.Equal("Your account", (await SignInAsync(elsewhere)).Title);
        page = await alice.OpenAsync("/account/passkeys");
        Assert.Contains("last used", page.Text, StringComparison.Ordinal);
        page = await alice.PressAsync(page, "Rename", ("name", " Old laptop "));
        Assert.Equal("Old laptop", page.Document.QuerySelector("main .apps strong")!.TextContent);
        Assert.Equal(HttpStatusCode.BadRequest, (await alice.PressAsync(page, "Rename", ("name", new string('x', 41)))).Status);

        page = await alice.PressAsync(page, "Remove");
        Assert.Contains("You have none", page.Text, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, "Sign in"), Outcome(await SignInAsync(server.OpenBrowser())));
    }

    [Theory, EachEngine]
    public async Task A_challenge_is_good_once_in_its_browser_and_for_ten_minutes(Engine engine)
    {
        await using var server = await StartAsync(engine);
        using var alice = server.OpenBrowser();
        await AddAsync(alice);
        using var browser = server.OpenBrowser();
        var page = await browser.OpenAsync("/sign-in");
        var answer = _device.Get(OptionsOf(page));
        Assert.Equal("Your account", (await browser.PressAsync(page, Button, ("credential", answer))).Title);

        // Even where the counter stays at zero, as it does with passkeys that phones share among devices.
        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("UPDATE auth_passkey SET sign_count = 0", transaction: transaction));
        await browser.PressAsync(await browser.OpenAsync("/account"), "Sign out");
        var again = await browser.OpenAsync("/sign-in");
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PressAsync(again, Button, ("credential", answer), ("ticket", TicketOf(page)))).Status);

        using var thief = server.OpenBrowser();
        var own = await thief.OpenAsync("/sign-in");
        answer = _device.Get(OptionsOf(again));
        Assert.Equal(HttpStatusCode.BadRequest, (await thief.PressAsync(own, Button, ("credential", answer), ("ticket", TicketOf(again)))).Status);
        // An answer to one challenge is none to another.
        Assert.Equal(HttpStatusCode.BadRequest, (await thief.PressAsync(own, Button, ("credential", answer))).Status);

        var late = await browser.OpenAsync("/sign-in");
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PressAsync(late, Button, ("credential", _device.Get(OptionsOf(late))))).Status);
        Assert.Equal("Your account", (await SignInAsync(browser)).Title);
    }

    [Theory, EachEngine]
    public async Task A_copy_shows_by_its_counter_and_is_refused_and_logged(Engine engine)
    {
        await using var server = await StartAsync(engine);
        using var alice = server.OpenBrowser();
        await AddAsync(alice);
        using var browser = server.OpenBrowser();
        _device.Counter = 7;
        Assert.Equal("Your account", (await SignInAsync(browser)).Title);
        foreach (var counter in new[] { 7u, 3u, 0u })
        {
            _device.Counter = counter;
            Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(server.OpenBrowser())).Status);
        }

        Assert.Contains("signature counter", server.Logs.All, StringComparison.Ordinal);
        _device.Counter = 8;
        Assert.Equal("Your account", (await SignInAsync(browser)).Title);
    }

    [Theory, EachEngine]
    public async Task Of_many_who_answer_with_one_counter_one_passes(Engine engine)
    {
        await using var server = await StartAsync(engine);
        using var alice = server.OpenBrowser();
        await AddAsync(alice);
        var tries = new List<(Browser Browser, Browser.Page Page, string Answer)>();
        for (var i = 0; i < 4; i++)
        {
            var browser = server.OpenBrowser();
            var page = await browser.OpenAsync("/sign-in");
            _device.Counter = 10;
            tries.Add((browser, page, _device.Get(OptionsOf(page))));
        }

        var outcomes = await Task.WhenAll(tries.Select(each => Task.Run(() => each.Browser.PressAsync(each.Page, Button, ("credential", each.Answer)))));
        Assert.Single(outcomes, page => page.Title == "Your account");
        tries.ForEach(each => each.Browser.Dispose());
    }

    [Fact]
    public async Task Only_whom_the_device_has_recognised_on_a_page_of_this_server_gets_in()
    {
        await using var server = await StartAsync();
        using var alice = server.OpenBrowser();
        await AddAsync(alice);
        using var browser = server.OpenBrowser();
        _device.Verifies = false;
        Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(browser)).Status);
        (_device.Verifies, _device.Origin) = (true, "http://rally.example.evil.example");
        Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(browser)).Status);
        (_device.Origin, _device.IsFramed) = (Origin, true);
        Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(browser)).Status);
        _device.IsFramed = false;
        Assert.Equal("Your account", (await SignInAsync(browser)).Title);

        var page = await alice.OpenAsync("/account/passkeys");
        using var other = new Authenticator(Origin) { Verifies = false };
        Assert.Equal(HttpStatusCode.BadRequest, (await alice.PressAsync(page, "Add a passkey", ("credential", other.Create(OptionsOf(page))))).Status);
    }

    [Theory, EachEngine]
    public async Task Wrong_tries_lock_the_account_and_a_locked_account_takes_no_passkey(Engine engine)
    {
        await using var server = await StartAsync(engine);
        using var alice = server.OpenBrowser();
        await AddAsync(alice);
        using var browser = server.OpenBrowser();
        _device.Origin = "http://evil.example";
        for (var i = 0; i < 5; i++)
            await SignInAsync(browser);
        _device.Origin = Origin;
        Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(browser)).Status);
        Assert.Null(await server.Get<SignIn>().ExecuteAsync("alice", AuthServer.Password, default));
        server.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("Your account", (await SignInAsync(browser)).Title);

        var account = (await server.Get<AccountStore>().FindByNameAsync("alice", default))!;
        await server.Get<LockAccount>().LockAsync(account.Id, account, default);
        Assert.Equal(HttpStatusCode.BadRequest, (await SignInAsync(browser)).Status);
    }

    [Fact]
    public async Task Tries_from_one_address_are_limited()
    {
        await using var server = await StartAsync(configure: options => options.RateLimit.Burst = 2);
        using var browser = server.OpenBrowser(from: "203.0.113.7");
        var page = await browser.OpenAsync("/sign-in");
        for (var i = 0; i < 2; i++)
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.PressAsync(page, Button, ("credential", "{}"))).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.PressAsync(page, Button, ("credential", "{}"))).Status);
    }

    [Theory, EachEngine]
    public async Task After_a_quarter_of_an_hour_it_takes_a_proof_to_add_or_remove_one(Engine engine)
    {
        await using var server = await StartAsync(engine);
        using var alice = server.OpenBrowser();
        var before = await AddAsync(alice);
        server.Clock.Advance(RecentProof.Lifetime + TimeSpan.FromSeconds(1));
        var page = await alice.OpenAsync("/account/passkeys");
        Assert.DoesNotContain(page.Document.QuerySelectorAll("button"), button => button.TextContent == "Add a passkey");
        var ask = await alice.PressAsync(page, "Remove");
        Assert.Equal("Is it still you?", ask.Title);
        using var other = new Authenticator(Origin);
        Assert.Equal("Is it still you?", (await alice.PressAsync(before, "Add a passkey", ("credential", other.Create(OptionsOf(before))))).Title);
        Assert.Contains("Laptop", (await alice.OpenAsync("/account/passkeys")).Text, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.BadRequest, (await alice.PressAsync(ask, "Go on", ("password", "wrong"))).Status);
        // A passkey is proof as well, but only one of the account's own.
        await server.CreateAccountAsync("bob");
        using var bob = server.OpenBrowser();
        await AddAsync(bob, "bob", other);
        ask = await alice.OpenAsync("/account/prove?returnUrl=/account/passkeys");
        Assert.Equal(HttpStatusCode.BadRequest, (await alice.PressAsync(ask, "Use a passkey", ("credential", other.Get(OptionsOf(ask))))).Status);
        ask = await alice.OpenAsync("/account/prove?returnUrl=/account/passkeys");
        page = await alice.PressAsync(ask, "Use a passkey", ("credential", _device.Get(OptionsOf(ask))));
        Assert.Equal("Passkeys", page.Title);
        Assert.Contains("You have none", (await alice.PressAsync(page, "Remove")).Text, StringComparison.Ordinal);

        server.Clock.Advance(RecentProof.Lifetime + TimeSpan.FromSeconds(1));
        ask = await alice.OpenAsync("/account/prove?returnUrl=/account/passkeys");
        page = await alice.PressAsync(ask, "Go on", ("password", AuthServer.Password));
        Assert.Contains(page.Document.QuerySelectorAll("button"), button => button.TextContent == "Add a passkey");
    }

    [Theory, EachEngine]
    public async Task A_passkey_is_proof_enough_to_delete_the_account_with_its_name_typed(Engine engine)
    {
        await using var server = await StartAsync(engine);
        using var alice = server.OpenBrowser();
        await AddAsync(alice);
        async Task<Browser.Page> TryAsync(string name, Func<string, string> answer)
        {
            var page = await alice.OpenAsync("/account/delete");
            return await alice.PressAsync(page, "Delete my account for good, with a passkey", ("username", name), ("credential", answer(OptionsOf(page))));
        }

        foreach (var refused in new[] { await TryAsync("bob", _device.Get), await TryAsync("alice", _ => "{}") })
            Assert.Equal((HttpStatusCode.BadRequest, "Leave"), (refused.Status, refused.Title));
        Assert.Equal("Your account is deleted", (await TryAsync("alice", _device.Get)).Title);
    }

    [Theory, EachEngine]
    public async Task Nobody_changes_the_passkeys_of_others_or_adds_one_twice(Engine engine)
    {
        await using var server = await StartAsync(engine);
        await server.CreateAccountAsync("bob");
        using var alice = server.OpenBrowser();
        var page = await AddAsync(alice);
        var id = page.Document.QuerySelector("input[name=passkey]")!.GetAttribute("value")!;
        using var bob = server.OpenBrowser();
        using var other = new Authenticator(Origin);
        var own = await AddAsync(bob, "bob", other);
        await bob.PressAsync(own, "Remove", ("passkey", id));
        await bob.PressAsync(own, "Rename", ("passkey", id), ("name", "mine"));
        Assert.Contains("Laptop", (await alice.OpenAsync("/account/passkeys")).Text, StringComparison.Ordinal);
        // Neither the same device's again, nor with a challenge that another account got.
        own = await bob.OpenAsync("/account/passkeys");
        Assert.Equal(HttpStatusCode.BadRequest, (await bob.PressAsync(own, "Add a passkey", ("credential", _device.Create(OptionsOf(own))))).Status);
        own = await bob.OpenAsync("/account/passkeys");
        using var third = new Authenticator(Origin);
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (await bob.PressAsync(own, "Add a passkey", ("credential", third.Create(OptionsOf(page))), ("ticket", TicketOf(page)))).Status);
    }

    [Theory, EachEngine]
    public async Task The_owner_is_told_of_each_change_by_mail(Engine engine)
    {
        await using var smtp = new SmtpServer();
        await using var server = await StartAsync(engine, smtp.Configure);
        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_account SET email = 'alice@mail.example'", transaction: transaction));
        using var alice = server.OpenBrowser();
        var page = await AddAsync(alice);
        Assert.Contains("The passkey \"Laptop\" now opens the Rally account alice.", (await smtp.MailAsync(1)).Text, StringComparison.Ordinal);
        page = await alice.PressAsync(page, "Rename", ("name", "Phone"));
        Assert.Contains("is called \"Phone\" now.", (await smtp.MailAsync(2)).Text, StringComparison.Ordinal);
        await alice.PressAsync(page, "Remove");
        Assert.Contains("The passkey \"Phone\" opens the Rally account alice no longer.", (await smtp.MailAsync(3)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_an_IP_address_no_passkey_is_offered()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var alice = server.OpenBrowser();
        var page = await alice.OpenAsync("/sign-in");
        Assert.Empty(page.Document.Scripts);
        Assert.DoesNotContain(page.Document.QuerySelectorAll("button"), button => button.TextContent == Button);
        await alice.SignInAsync(page);
        Assert.Contains("under an IP address", (await alice.OpenAsync("/account/passkeys")).Text, StringComparison.Ordinal);
    }

    private static async Task<AuthServer> StartAsync(Engine engine = Engine.Sqlite, Action<AuthOptions>? configure = null)
    {
        var server = await AuthServer.StartAsync(engine, options =>
        {
            options.PublicUrl = new Uri(Origin);
            configure?.Invoke(options);
        });
        await server.CreateAccountAsync();
        return server;
    }

    private async Task<Browser.Page> AddAsync(Browser browser, string userName = "alice", Authenticator? device = null)
    {
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"), userName);
        var page = await browser.OpenAsync("/account/passkeys");
        page = await browser.PressAsync(page, "Add a passkey", ("name", "Laptop"), ("credential", (device ?? _device).Create(OptionsOf(page))));
        Assert.Equal((HttpStatusCode.OK, "Passkeys"), Outcome(page));
        return page;
    }

    private async Task<Browser.Page> SignInAsync(Browser browser)
    {
        var page = await browser.OpenAsync("/sign-in");
        return await browser.PressAsync(page, Button, ("credential", _device.Get(OptionsOf(page))));
    }

    private static (HttpStatusCode Status, string Title) Outcome(Browser.Page page) => (page.Status, page.Title);

    private static string OptionsOf(Browser.Page page) => page.Document.QuerySelector("form[data-passkey]")!.GetAttribute("data-options")!;

    private static string TicketOf(Browser.Page page) => page.Document.QuerySelector("form[data-passkey] input[name=ticket]")!.GetAttribute("value")!;
}
