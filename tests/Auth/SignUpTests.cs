using System.Net;
using Rally.Auth.Accounts;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

public sealed class SignUpTests
{
    [Theory, EachEngine]
    public async Task A_new_person_signs_up_on_the_way_to_an_app(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();
        var signIn = await browser.OpenAsync(app.AuthorizeUrl());
        var signUp = await browser.OpenAsync(signIn.Document.QuerySelector("main p a")!.GetAttribute("href")!);
        Assert.Contains("Rally Bot by The operator asks", signUp.Text, StringComparison.Ordinal);
        var consent = await browser.PressAsync(signUp, "Sign up", ("username", "Carol"), ("password", "ten chars!"));
        Assert.Contains("Signed in as carol", consent.Text, StringComparison.Ordinal);
        var code = OAuthApp.Query((await browser.PressAsync(consent, "Allow")).Left!)["code"];
        Assert.Equal(HttpStatusCode.OK, (await app.RedeemAsync(code)).Status);
    }

    [Theory]
    [InlineData("al", "long enough password", "A user name has 3 to 32 characters")]
    [InlineData("with space", "long enough password", "A user name has 3 to 32 characters")]
    [InlineData("аlice", "long enough password", "A user name has 3 to 32 characters")]
    [InlineData("carol", "123456789", "A password has 10 to 256 characters")]
    [InlineData("ALICE", "long enough password", "That user name is taken")]
    public async Task What_is_wrong_is_said_and_nothing_is_made(string userName, string password, string sentence)
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var page = await browser.PressAsync(
            await browser.OpenAsync("/sign-up"), "Sign up", ("username", userName), ("password", password));
        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains(sentence, page.Document.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("Sign in", (await browser.OpenAsync("/account")).Title);
        Assert.DoesNotContain(password, page.Document.DocumentElement.OuterHtml, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task Of_many_sign_ups_for_one_name_one_succeeds(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var create = server.Get<CreateAccount>();
        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i =>
            Task.Run(() => create.ExecuteAsync(new CreateAccount.Request(i % 2 == 0 ? "dave" : "DAVE", AuthServer.Password)))));
        var winner = Assert.Single(results.OfType<CreateAccount.Created>());
        Assert.All(results.Except([winner]), result => Assert.Equal(new CreateAccount.UsernameTaken(winner.RallyId), result));
        Assert.DoesNotContain(AuthServer.Password, new CreateAccount.Request("x", AuthServer.Password).ToString(), StringComparison.Ordinal);
    }
}
