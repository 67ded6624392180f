using System.Net;
using Rally.Auth.Links;
using Rally.Ethereum.SignIn;
using Rally.Ethereum.Tests;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class WalletTests
{
    private static readonly TestWallet Wallet = new(new string('a', 64));

    [Theory, EachEngine]
    public async Task A_wallet_is_linked_by_a_signature_and_removed_again(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        using var browser = await SignedInAsync(server);
        var page = await browser.OpenAsync("/account/links/wallet");
        var sign = await browser.PressAsync(page, "Go on", ("address", Wallet.Address.Key.ToUpperInvariant().Replace("0X", "0x", StringComparison.Ordinal)));
        var message = SignInMessage.Parse(MessageOf(sign))!;
        Assert.Equal((server.Address.Authority, Wallet.Address, 1ul), (message.Domain, message.Address, message.ChainId));
        Assert.Equal("Link this wallet to the Rally account alice. It costs nothing and moves nothing.", message.Statement);

        var linked = await browser.PressAsync(sign, "Link wallet", ("signature", Wallet.Sign(MessageOf(sign))));

        Assert.Equal("Linked accounts", linked.Title);
        Assert.Contains($"Ethereum: {Wallet.Address.Text} Linked by a signature on", linked.Text, StringComparison.Ordinal);
        Assert.Contains("less than a day ago", linked.Text, StringComparison.Ordinal);
        Assert.Equal(Wallet.Address.Key, Assert.Single(await LinkTests.LinksOfAsync(server, alice)).Subject);
        server.Clock.Jump(TimeSpan.FromDays(2));
        var removed = await browser.PressAsync(await browser.OpenAsync("/account/links"), "Remove");
        Assert.Contains("It is no longer linked.", removed.Text, StringComparison.Ordinal);
        Assert.Empty(await LinkTests.LinksOfAsync(server, alice));
    }

    [Theory, EachEngine]
    public async Task A_signature_counts_once_for_its_account_and_for_ten_minutes(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        await server.CreateAccountAsync("bob");
        using var browser = await SignedInAsync(server);
        using var other = await SignedInAsync(server, "bob");
        var sign = await AskAsync(browser);
        var signature = Wallet.Sign(MessageOf(sign));

        // With bob's session and form, and alice's message.
        var stolen = await other.PressAsync(await AskAsync(other), "Link wallet", ("message", MessageOf(sign)), ("signature", signature));
        Assert.Equal(HttpStatusCode.BadRequest, stolen.Status);
        Assert.Equal("Linked accounts", (await browser.PressAsync(sign, "Link wallet", ("signature", signature))).Title);
        await server.Get<RemoveLink>().ExecuteAsync(alice, "ethereum", Wallet.Address.Key, default);
        var again = await browser.PressAsync(sign, "Link wallet", ("signature", signature));
        Assert.Contains("That message was used before", again.Text, StringComparison.Ordinal);

        var late = await AskAsync(browser);
        server.Clock.Advance(LinkWallet.NonceLifetime);
        var refused = await browser.PressAsync(late, "Link wallet", ("signature", Wallet.Sign(MessageOf(late))));
        Assert.Equal((HttpStatusCode.BadRequest, 0), (refused.Status, (await LinkTests.LinksOfAsync(server, alice)).Count));
    }

    [Fact]
    public async Task Each_departure_from_the_message_is_refused_and_spends_the_nonce()
    {
        await using var server = await AuthServer.StartAsync();
        var alice = await server.CreateAccountAsync();
        using var browser = await SignedInAsync(server);
        var now = server.Clock.GetUtcNow();
        Func<SignInMessage, SignInMessage>[] departures =
        [
            message => message with { Domain = "evil.example" },
            message => message with { Uri = "https://evil.example/account/links" },
            message => message with { ChainId = 5 },
            message => message with { Statement = "Link this wallet to the Rally account bob. It costs nothing and moves nothing." },
            message => message with { Nonce = "0123456789abcdefghijklmn" },
            message => message with { ExpirationTime = now.AddSeconds(-1) },
            message => message with { NotBefore = now.AddMinutes(5) },
            message => message with { IssuedAt = now.AddMinutes(5) },
            message => message with { Address = new TestWallet(new string('b', 64)).Address },
        ];
        foreach (var depart in departures)
        {
            var sign = await AskAsync(browser);
            var text = depart(SignInMessage.Parse(MessageOf(sign))!).ToText();
            var refused = await browser.PressAsync(sign, "Link wallet", ("message", text), ("signature", Wallet.Sign(text)));
            Assert.True(refused.Status == HttpStatusCode.BadRequest, text);
            Assert.NotNull(refused.Document.QuerySelector("[role=alert]"));
        }

        var spent = await AskAsync(browser);
        await browser.PressAsync(spent, "Link wallet", ("signature", "0x"));
        var tooLate = await browser.PressAsync(spent, "Link wallet", ("signature", Wallet.Sign(MessageOf(spent))));
        Assert.Contains("That message was used before", tooLate.Text, StringComparison.Ordinal);
        Assert.Empty(await LinkTests.LinksOfAsync(server, alice));
    }

    [Fact]
    public async Task Of_one_signature_sent_many_times_at_once_one_is_taken()
    {
        await using var server = await AuthServer.StartAsync();
        var alice = await server.CreateAccountAsync();
        var account = (await server.Get<Accounts.AccountStore>().FindAsync(alice, default))!;
        var page = new Uri(server.Address, "account/links");
        var text = (await server.Get<LinkWallet>().AskAsync(account, Wallet.Address, page, default)).ToText();
        var signature = Wallet.Sign(text);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () => server.Get<LinkWallet>().ExecuteAsync(account, page, text, signature, default))));

        Assert.Single(results.OfType<LinkWallet.Result.Made>());
        Assert.All(results.OfType<LinkWallet.Result.Refused>(), refused => Assert.Equal(SignInFault.OtherNonce, refused.Fault));
    }

    [Fact]
    public async Task The_chain_and_the_domain_are_as_the_settings_say()
    {
        await using var server = await AuthServer.StartAsync(configure: options =>
        {
            options.PublicUrl = new Uri("https://rally.example");
            options.Links.ChainId = 137;
        });
        var account = (await server.Get<Accounts.AccountStore>().FindAsync(await server.CreateAccountAsync(), default))!;
        var page = new Uri("https://rally.example/account/links");
        var message = await server.Get<LinkWallet>().AskAsync(account, Wallet.Address, page, default);
        Assert.Equal(("rally.example", 137ul, page.AbsoluteUri), (message.Domain, message.ChainId, message.Uri));
    }

    [Fact]
    public async Task A_wallet_that_another_account_has_is_asked_for_there()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        var bob = await server.CreateAccountAsync("bob");
        using var alices = await SignedInAsync(server);
        using var bobs = await SignedInAsync(server, "bob");
        await LinkAsync(alices);

        var asked = await LinkAsync(bobs);
        Assert.Contains("is linked to another Rally account. To have it here, sign in to that account", asked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", asked.Text, StringComparison.Ordinal);
        var onAlices = await alices.OpenAsync("/account/links");
        Assert.Contains("The Rally account bob has shown that the wallet", onAlices.Text, StringComparison.Ordinal);
        var moved = await alices.PressAsync(onAlices, "Move it to bob");
        Assert.Contains("It has moved to the other account.", moved.Text, StringComparison.Ordinal);
        Assert.Single(await LinkTests.LinksOfAsync(server, bob));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x123")]
    [InlineData("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed")]
    [InlineData("vitalik.eth")]
    public async Task What_is_no_address_is_said(string typed)
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = await SignedInAsync(server);
        var page = await browser.PressAsync(await browser.OpenAsync("/account/links/wallet"), "Go on", ("address", typed));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("An address is 0x and 40 digits", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_need_a_sign_in_and_their_own_forms_and_run_only_our_script()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var stranger = server.OpenBrowser();
        foreach (var path in new[] { "/account/links", "/account/links/wallet" })
            Assert.Equal("Sign in", (await stranger.OpenAsync(path)).Title);
        using var browser = await SignedInAsync(server);
        foreach (var path in new[] { "/account/links/remove", "/account/links/move", "/account/links/wallet", "/account/links/wallet/signature" })
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await stranger.PostAsync(path, [])).Status);
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync(path, [new("address", Wallet.Address.Text)])).Status);
        }

        var page = await AskAsync(browser);
        var policy = page.Response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Equal("default-src 'none'; style-src 'self'; script-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'", policy);
        Assert.Equal("/wallet.js", Assert.Single(page.Document.QuerySelectorAll("script")).GetAttribute("src"));
        Assert.Equal("text/javascript", (await server.Http.GetAsync("/wallet.js")).Content.Headers.ContentType!.MediaType);
        Assert.DoesNotContain("script-src", (await browser.OpenAsync("/account/links")).Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    private static async Task<Browser> SignedInAsync(AuthServer server, string userName = "alice")
    {
        var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"), userName);
        return browser;
    }

    private static async Task<Browser.Page> AskAsync(Browser browser) =>
        await browser.PressAsync(await browser.OpenAsync("/account/links/wallet"), "Go on", ("address", Wallet.Address.Text));

    private static async Task<Browser.Page> LinkAsync(Browser browser)
    {
        var sign = await AskAsync(browser);
        return await browser.PressAsync(sign, "Link wallet", ("signature", Wallet.Sign(MessageOf(sign))));
    }

    private static string MessageOf(Browser.Page page) => page.Document.QuerySelector("textarea")!.TextContent;
}
