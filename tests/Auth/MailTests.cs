using System.Net;
using Dapper;
using Rally.Auth.Mail;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class MailTests
{
    private const string Address = "alice@mail.example";
    private const string Another = "another good one";

    [Theory, EachEngine]
    public async Task An_address_counts_once_its_owner_has_followed_the_link(Engine engine)
    {
        await using var smtp = new SmtpServer();
        await using var server = await StartAsync(smtp, engine);
        using var browser = server.OpenBrowser();
        var account = await browser.PressAsync(
            await browser.OpenAsync("/sign-up"), "Sign up", ("username", "alice"), ("password", AuthServer.Password), ("email", " Alice@Mail.Example "));
        Assert.Contains("E-mail addressNone", account.Text, StringComparison.Ordinal);

        var mail = await smtp.MailAsync(1);
        Assert.Equal(("rally@rally.example", Address, null), (mail.From, mail.To, mail.Login));
        Assert.Contains("Subject: Confirm your e-mail address\n", mail.Text, StringComparison.Ordinal);
        Assert.Contains("the Rally account alice.", mail.Text, StringComparison.Ordinal);

        // Looking at it, as mail programs do, is not following it; and it works in another browser.
        using var other = server.OpenBrowser();
        await other.OpenAsync(mail.Link);
        var link = await other.OpenAsync(mail.Link);
        Assert.Contains(Address, link.Text, StringComparison.Ordinal);
        Assert.Equal("Your address is confirmed", (await other.PressAsync(link, "Confirm")).Title);
        Assert.Contains($"E-mail address{Address}", (await browser.OpenAsync("/account")).Text, StringComparison.Ordinal);

        foreach (var again in new[] { await other.PressAsync(link, "Confirm"), await other.OpenAsync(mail.Link) })
            Assert.Equal((HttpStatusCode.BadRequest, "This link is over"), (again.Status, again.Title));
    }

    [Theory, EachEngine]
    public async Task A_forgotten_password_is_replaced_by_a_link_once(Engine engine)
    {
        await using var smtp = new SmtpServer();
        await using var server = await StartAsync(smtp, engine);
        await WithAddressAsync(server);
        using var signedIn = server.OpenBrowser();
        await signedIn.SignInAsync(await signedIn.OpenAsync("/sign-in"));
        using var browser = server.OpenBrowser();
        await AskAsync(browser, "ALICE");
        var first = await smtp.MailAsync(1);
        await AskAsync(browser, Address.ToUpperInvariant());
        var second = await smtp.MailAsync(2);
        Assert.All([first, second], mail => Assert.Equal(Address, mail.To));

        var page = await browser.OpenAsync(second.Link);
        Assert.Equal("Choose another password", page.Title);
        page = await browser.PressAsync(page, "Change password", ("new-password", "short"));
        Assert.Contains("A password has 10 to 256 characters", page.Text, StringComparison.Ordinal);
        Assert.Equal("Your password is changed", (await browser.PressAsync(page, "Change password", ("new-password", Another))).Title);

        Assert.Equal("Sign in", (await signedIn.OpenAsync("/account")).Title);
        foreach (var link in new[] { first.Link, second.Link })
            Assert.Equal("This link is over", (await browser.OpenAsync(link)).Title);
        Assert.Equal("This link is over", (await browser.PressAsync(page, "Change password", ("new-password", Another + "!"))).Title);
        Assert.Equal("Sign in", (await browser.SignInAsync(await browser.OpenAsync("/sign-in"))).Title);
        Assert.Equal("Your account", (await browser.SignInAsync(await browser.OpenAsync("/sign-in"), password: Another)).Title);
    }

    [Fact]
    public async Task Nobody_learns_from_the_form_whether_there_is_an_account_or_an_address()
    {
        await using var smtp = new SmtpServer();
        await using var server = await StartAsync(smtp, Engine.Sqlite);
        await WithAddressAsync(server);
        var bob = await server.CreateAccountAsync("bob");
        // Bob has asked for an address that he has not confirmed.
        await server.Get<SetEmail>().AskAsync((await server.Get<Accounts.AccountStore>().FindAsync(bob, default))!, "bob@mail.example", default);
        Assert.Equal("bob@mail.example", (await smtp.MailAsync(1)).To);
        using var browser = server.OpenBrowser();
        var answers = new List<(HttpStatusCode, string)>();
        foreach (var who in new[] { "nobody", "nobody@mail.example", "bob", "bob@mail.example", "alice" })
        {
            var answer = await AskAsync(browser, who);
            answers.Add((answer.Status, answer.Text));
        }

        Assert.Single(answers.Distinct());
        // They are dealt with in turn, so the last one's mail comes after what the others would have brought.
        Assert.Equal(Address, (await smtp.MailAsync(2)).To);
        Assert.Equal(2, smtp.Mails.Count);

        // Signing up with an address that somebody has says nothing either.
        using var stranger = server.OpenBrowser();
        var signedUp = await stranger.PressAsync(
            await stranger.OpenAsync("/sign-up"), "Sign up", ("username", "eve"), ("password", AuthServer.Password), ("email", Address));
        Assert.Equal("Your account", signedUp.Title);
    }

    [Theory]
    [InlineData("/reset-password", 60)]
    [InlineData("/confirm-email", 2 * 24 * 60)]
    public async Task A_link_is_good_for_so_long(string path, int minutes)
    {
        await using var smtp = new SmtpServer();
        await using var server = await StartAsync(smtp, Engine.Sqlite);
        var id = await WithAddressAsync(server);
        using var browser = server.OpenBrowser();
        if (path == "/reset-password")
            await AskAsync(browser, "alice");
        else
            await server.Get<SetEmail>().AskAsync((await server.Get<Accounts.AccountStore>().FindAsync(id, default))!, "new@mail.example", default);
        var link = (await smtp.MailAsync(1)).Link;
        Assert.StartsWith(path, link, StringComparison.Ordinal);
        server.Clock.Jump(TimeSpan.FromMinutes(minutes) - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await browser.OpenAsync(link)).Status);
        server.Clock.Jump(TimeSpan.FromSeconds(1));
        Assert.Equal("This link is over", (await browser.OpenAsync(link)).Title);
    }

    [Theory, EachEngine]
    public async Task Of_many_who_bring_one_link_one_sets_the_password(Engine engine)
    {
        await using var smtp = new SmtpServer();
        await using var server = await StartAsync(smtp, engine);
        await WithAddressAsync(server);
        using var browser = server.OpenBrowser();
        await AskAsync(browser, "alice");
        var token = (await smtp.MailAsync(1)).Link.Split('=')[1];
        var reset = server.Get<ResetPassword>();
        var set = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(() => reset.SetAsync(token, $"password number {i}", default))));
        Assert.Single(set, done => done);
    }

    [Theory, EachEngine]
    public async Task A_mailbox_is_not_filled_by_strangers(Engine engine)
    {
        await using var smtp = new SmtpServer();
        await using var server = await StartAsync(smtp, engine);
        await WithAddressAsync(server);
        await server.CreateAccountAsync("bob");
        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_account SET email = 'bob@mail.example' WHERE user_name = 'bob'", transaction: transaction));
        using var browser = server.OpenBrowser();
        for (var asked = 0; asked < 5; asked++)
            await AskAsync(browser, "alice");
        await AskAsync(browser, "bob");
        await smtp.MailAsync(4);
        await Eventually.TrueAsync(async () => (await server.Get<Outbox>().AllAsync(10, default)).Count == 0, "an empty outbox");
        Assert.Equal(["alice@mail.example", "alice@mail.example", "alice@mail.example", "bob@mail.example"], smtp.Mails.Select(mail => mail.To).Order());
    }

    [Theory, EachEngine]
    public async Task Another_address_is_told_to_the_old_one_and_ends_the_links_sent_there(Engine engine)
    {
        await using var smtp = new SmtpServer();
        await using var server = await StartAsync(smtp, engine);
        await WithAddressAsync(server);
        using var browser = server.OpenBrowser();
        await AskAsync(browser, "alice");
        var reset = await smtp.MailAsync(1);
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"));
        var form = await browser.OpenAsync("/account/email");
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PressAsync(form, "Send a link to this address", ("email", "new@mail.example"), ("password", "wrong"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PressAsync(form, "Send a link to this address", ("email", "new@@mail"), ("password", AuthServer.Password))).Status);
        Assert.Equal("Confirm your address", (await browser.PressAsync(form, "Send a link to this address", ("email", "new@mail.example"), ("password", AuthServer.Password))).Title);
        var confirm = await smtp.MailAsync(2);
        Assert.Equal("new@mail.example", confirm.To);
        await browser.PressAsync(await browser.OpenAsync(confirm.Link), "Confirm");

        var notice = await smtp.MailAsync(3);
        Assert.Equal(Address, notice.To);
        Assert.Contains("another e-mail address", notice.Text, StringComparison.Ordinal);
        Assert.Equal("This link is over", (await browser.OpenAsync(reset.Link)).Title);

        form = await browser.OpenAsync("/account/email");
        Assert.Contains("E-mail addressNone", (await browser.PressAsync(form, "Remove the address", ("password", AuthServer.Password))).Text, StringComparison.Ordinal);
        Assert.Equal("new@mail.example", (await smtp.MailAsync(4)).To);
    }

    [Theory, EachEngine]
    public async Task What_the_server_refuses_is_sent_again_later_and_the_log_names_nobody(Engine engine)
    {
        await using var smtp = new SmtpServer { Refuses = true };
        await using var server = await StartAsync(smtp, engine, options => (options.Mail.UserName, options.Mail.Password) = ("rally", "the mail secret"));
        await WithAddressAsync(server);
        using var browser = server.OpenBrowser();
        await AskAsync(browser, "alice");
        await Eventually.TrueAsync(() => smtp.Refused == 1 && server.Logs.All.Contains("A mail could not be sent", StringComparison.Ordinal), "the refusal");
        smtp.Refuses = false;
        await Eventually.TrueAsync(() =>
        {
            server.Clock.Advance(TimeSpan.FromSeconds(30));
            return smtp.Mails.Count == 1;
        }, "the mail, some minutes later");
        var mail = await smtp.MailAsync(1);
        Assert.Equal("rally:the mail secret", mail.Login);
        foreach (var secret in new[] { "the mail secret", "alice@", mail.Link.Split('=')[1] })
            Assert.DoesNotContain(secret, server.Logs.All, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await server.Get<Outbox>().AllAsync(10, default)).Count == 0, "an empty outbox");
    }

    [Theory, EachEngine]
    public async Task Without_a_mail_server_links_wait_sealed_for_the_operator(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var answer = await AskAsync(browser, "alice");
        Assert.Contains("its operator sees the link", answer.Text, StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await server.Get<Outbox>().AllAsync(10, default)).Count == 1, "the link");
        var waiting = (await server.Get<Outbox>().AllAsync(10, default))[0];
        Assert.Equal(("alice", "", 0), (waiting.UserName, waiting.Letter.To, waiting.Attempts));
        var stored = await server.Store.ReadAsync(connection => connection.QuerySingleAsync<byte[]>("SELECT content FROM auth_mail"));
        Assert.DoesNotContain("reset-password", System.Text.Encoding.Latin1.GetString(stored), StringComparison.Ordinal);
        Assert.DoesNotContain("token", waiting.Letter.ToString(), StringComparison.Ordinal);

        Assert.Equal("Choose another password", (await browser.OpenAsync(waiting.Letter.Link!)).Title);
        server.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty(await server.Get<Outbox>().AllAsync(10, default));
    }

    [Theory]
    [InlineData("A.b+c@Mail.Example", "a.b+c@mail.example")]
    [InlineData("root@localhost", "root@localhost")]
    [InlineData("two@at@signs", null)]
    [InlineData("line\r\nBcc: x@y.example", null)]
    [InlineData("a@b.example, c@d.example", null)]
    [InlineData("\"quoted\"@mail.example", null)]
    [InlineData("<a@b.example>", null)]
    [InlineData("a@-b.example", null)]
    [InlineData("a@b..example", null)]
    [InlineData("ä@b.example", null)]
    [InlineData("", null)]
    public void An_address_is_one_mailbox_in_plain_ascii(string typed, string? kept) => Assert.Equal(kept, EmailAddress.Fold(typed));

    internal static Task<AuthServer> StartAsync(SmtpServer smtp, Engine engine, Action<AuthOptions>? configure = null) =>
        AuthServer.StartAsync(engine, options =>
        {
            smtp.Configure(options);
            configure?.Invoke(options);
        });

    private static async Task<Guid> WithAddressAsync(AuthServer server)
    {
        var id = await server.CreateAccountAsync();
        await server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_account SET email = @Address WHERE id = @id", new { Address, id }, transaction));
        return id;
    }

    private static async Task<Browser.Page> AskAsync(Browser browser, string who) =>
        await browser.PressAsync(await browser.OpenAsync("/forgot-password"), "Ask for a link", ("who", who));
}
