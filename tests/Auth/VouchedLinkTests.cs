using System.Net;
using System.Text.Json;
using Rally.Auth.Apps;
using Rally.Auth.Links;
using Rally.Auth.Server;
using Rally.Storage;
using Rally.Testing;
using Xunit;
using static Rally.Auth.Tests.LinkTests;

namespace Rally.Auth.Tests;

/// <summary>Links that are made on the word of an app that the operator trusts, and how old links are.</summary>
public sealed class VouchedLinkTests
{
    private const string Scope = "profile balances:read links:read";
    private const string FromGuild = """[{"type":"identity_link","provider":"Discord","name":"fan","id":"123","guild":"900"}]""";

    private static readonly RegisterApp.Request Trusted = AuthServer.Bot with
    {
        ClientId = "trusted",
        Name = "Trusted Bot",
        Scopes = ["profile", "balances:read", "links:read", "links:vouch"],
    };

    [Theory, EachEngine]
    public async Task What_a_trusted_app_says_and_the_person_allows_is_linked_with_how_and_from_where(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        var app = new OAuthApp(server, "trusted");
        using var browser = server.OpenBrowser();

        var code = await app.ObtainCodeAsync(browser, Details(FromGuild));
        Assert.Empty(await LinksOfAsync(server, alice));
        var tokens = await app.RedeemAsync(code);

        Assert.Equal(FromGuild, tokens.Json.GetProperty("authorization_details").GetRawText());
        var link = Assert.Single(await LinksOfAsync(server, alice));
        Assert.Equal(("discord", "123", "fan", "vouched", "900"), (link.Provider, link.Subject, link.Name, link.Flow, link.GuildId));
        Assert.Contains("Linked through an app there on", (await browser.OpenAsync("/account/links")).Text, StringComparison.Ordinal);

        // The same again, renamed and from elsewhere, is the same link; a proof of the person's own stands above the app's word.
        server.Clock.Advance(TimeSpan.FromDays(3));
        await app.RedeemAsync(await app.ObtainCodeAsync(browser, Details(FromGuild.Replace("fan", "renamed", StringComparison.Ordinal).Replace("900", "901", StringComparison.Ordinal))));
        await LinkAsync(server, alice, new(LinkProvider.Discord, "123", "proven", LinkFlow.OAuth));
        await app.RedeemAsync(await app.ObtainCodeAsync(browser, Details(FromGuild)));
        var now = Assert.Single(await LinksOfAsync(server, alice));
        Assert.Equal(("oauth", "900", link.LinkedAt), (now.Flow, now.GuildId, now.LinkedAt));
    }

    [Theory, EachEngine]
    public async Task The_word_of_any_other_app_links_nothing(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        var app = new OAuthApp(server);
        using var browser = server.OpenBrowser();

        var tokens = await app.RedeemAsync(await app.ObtainCodeAsync(browser, ("authorization_details", FromGuild)));

        Assert.True(await app.WorksAsync(tokens.AccessToken));
        Assert.Empty(await LinksOfAsync(server, alice));
    }

    [Theory, EachEngine]
    public async Task An_identity_of_another_account_is_refused_in_plain_words(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var (alice, bob) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("bob"));
        var app = new OAuthApp(server, "trusted");
        using var browser = server.OpenBrowser();
        await LinkAsync(server, bob, new(LinkProvider.Discord, "123", "fan", LinkFlow.OAuth));

        var page = await browser.SignInAsync(await browser.OpenAsync(app.AuthorizeUrl(Details(FromGuild))));

        Assert.Equal((HttpStatusCode.Conflict, "This cannot be linked"), (page.Status, page.Title));
        Assert.Contains("The Discord account fan is linked to another Rally account.", page.Text, StringComparison.Ordinal);
        Assert.Equal("access_denied", OAuthApp.Query((await browser.PressAsync(page, "Back to Trusted Bot")).Left!)["error"]);

        await LinkAsync(server, alice, new(LinkProvider.Discord, "456", "other", LinkFlow.OAuth));
        page = await browser.OpenAsync(app.AuthorizeUrl(Details(FromGuild)));
        Assert.Contains("Your Rally account alice is linked to another Discord account: other.", page.Text, StringComparison.Ordinal);
        Assert.Empty(await server.Get<LinkStore>().MovesOfAsync(bob, default));
    }

    [Theory, EachEngine]
    public async Task An_identity_that_another_account_got_since_the_consent_stays_there_and_that_one_is_asked(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var (alice, bob) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("bob"));
        var app = new OAuthApp(server, "trusted");
        using var browser = server.OpenBrowser();
        var consent = await browser.SignInAsync(await browser.OpenAsync(app.AuthorizeUrl(Details(FromGuild))));
        var code = OAuthApp.Query((await browser.PressAsync(consent, "Allow")).Left!)["code"];
        await LinkAsync(server, bob, new(LinkProvider.Discord, "123", "fan", LinkFlow.OAuth));

        Assert.Equal("invalid_grant", (await app.RedeemAsync(code)).Error);

        Assert.Equal("invalid_grant", (await app.RedeemAsync(code)).Error);
        Assert.Equal(HttpStatusCode.Conflict, (await browser.PressAsync(consent, "Allow")).Status);
        Assert.Equal("vouched", Assert.Single(await server.Get<LinkStore>().MovesOfAsync(bob, default)).Flow);
        Assert.Empty(await LinksOfAsync(server, alice));
        Assert.Empty(await server.Get<Consents>().OfAsync(alice, default));
        Assert.IsType<MoveLink.Result.Moved>(await server.Get<MoveLink>().AgreeAsync(bob, alice, "discord", "123", default));
        Assert.Equal("900", Assert.Single(await LinksOfAsync(server, alice)).GuildId);
    }

    [Theory, EachEngine]
    public async Task An_app_that_gives_its_last_token_back_takes_its_word_back_and_no_proof(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        var app = new OAuthApp(server, "trusted");
        using var browser = server.OpenBrowser();
        var first = await app.RedeemAsync(await app.ObtainCodeAsync(browser, Details(FromGuild)));
        var second = await app.RedeemAsync(await app.ObtainCodeAsync(browser, Details(FromGuild)));

        await app.RevokeAsync(first.RefreshToken);
        Assert.Single(await LinksOfAsync(server, alice));
        await app.RevokeAsync(second.AccessToken);
        Assert.Single(await LinksOfAsync(server, alice));
        await app.RevokeAsync(second.RefreshToken);
        Assert.Empty(await LinksOfAsync(server, alice));

        var third = await app.RedeemAsync(await app.ObtainCodeAsync(browser, Details(FromGuild)));
        await LinkAsync(server, alice, new(LinkProvider.Discord, "123", "fan", LinkFlow.OAuth));
        await app.RevokeAsync(third.RefreshToken);
        Assert.Single(await LinksOfAsync(server, alice));
    }

    [Fact]
    public async Task A_trusted_app_names_only_what_can_be_linked()
    {
        await using var server = await StartAsync(Engine.Sqlite);
        var app = new OAuthApp(server, "trusted");
        foreach (var (was, becomes) in new[] { ("Discord", "Ethereum"), ("Discord", "Elsewhere"), ("123", "0xabc") })
        {
            var refused = await app.PushAsync(Details(FromGuild.Replace(was, becomes, StringComparison.Ordinal)));
            Assert.Equal("invalid_authorization_details", refused.Error);
        }
    }

    [Theory, EachEngine]
    public async Task Who_may_reads_since_when_and_from_where_and_not_whom(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var (alice, bob) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("bob"));
        var app = new OAuthApp(server, "trusted");
        using var browser = server.OpenBrowser();
        var tokens = await app.RedeemAsync(await app.ObtainCodeAsync(browser, Details(FromGuild)));
        var linkedAt = Assert.Single(await LinksOfAsync(server, alice)).LinkedAt;
        server.Clock.Jump(TimeSpan.FromDays(3));
        await LinkAsync(server, alice, new(LinkProvider.Ethereum, "0xabc", "0xabc", LinkFlow.Signature));
        var own = (await app.ClientTokenAsync()).AccessToken;
        var hers = (await app.RefreshAsync(tokens.RefreshToken)).AccessToken;

        foreach (var token in new[] { own, hers })
        {
            var answer = await OAuthApp.ReadAsync(await app.CallAsync($"/api/accounts/{alice:N}/links", token));
            var (discord, wallet) = (answer.GetProperty("links")[0], answer.GetProperty("links")[1]);
            Assert.Equal(
                ("discord", linkedAt, 3L, "vouched", "900"),
                (Text(discord, "provider"), discord.GetProperty("linkedAt").GetDateTimeOffset(), discord.GetProperty("ageDays").GetInt64(), Text(discord, "how"), Text(discord, "guild")));
            Assert.Equal(("ethereum", 0L, "siwe", null), (Text(wallet, "provider"), wallet.GetProperty("ageDays").GetInt64(), Text(wallet, "how"), Text(wallet, "guild")));
            Assert.DoesNotContain("123", answer.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain("fan", answer.GetRawText(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await app.CallAsync("/api/accounts/alice/links", own)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.CallAsync($"/api/accounts/{alice}/links", null)).StatusCode);
        foreach (var (account, token) in new[] { (bob, own), (bob, hers), (Guid.NewGuid(), own), (alice, (await app.ClientTokenAsync("balances:read")).AccessToken) })
            Assert.Equal(HttpStatusCode.Forbidden, (await app.CallAsync($"/api/accounts/{account}/links", token)).StatusCode);
        await browser.PressAsync(await browser.OpenAsync("/account"), "Revoke");
        Assert.Equal(HttpStatusCode.Forbidden, (await app.CallAsync($"/api/accounts/{alice}/links", own)).StatusCode);
    }

    [Theory, EachEngine]
    public async Task Links_made_ended_and_given_back_at_once_end_in_order(Engine engine)
    {
        await using var server = await StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        var app = new OAuthApp(server, "trusted");
        using var browser = server.OpenBrowser();
        for (var round = 0; round < 4; round++)
        {
            var before = await app.RedeemAsync(await app.ObtainCodeAsync(browser, Details(FromGuild)));
            var code = await app.ObtainCodeAsync(browser, Details(FromGuild));
            await Task.WhenAll(
                Task.Run(() => app.RedeemAsync(code)),
                Task.Run(() => server.Get<RemoveLink>().ExecuteAsync(alice, "discord", "123", default)),
                Task.Run(() => app.RevokeAsync(before.RefreshToken)));
            await server.Get<Consents>().RevokeAsync(alice, "trusted", default);
            await server.Get<RemoveLink>().ExecuteAsync(alice, "discord", "123", default);
        }

        Assert.DoesNotContain(server.Logs.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [PostgresFact]
    public async Task A_link_that_cannot_be_made_and_a_consent_that_is_withdrawn_wait_in_one_order()
    {
        await using var server = await StartAsync(Engine.Postgres);
        var alice = await server.CreateAccountAsync();
        await LinkAsync(server, alice, new(LinkProvider.Discord, "456", "another", LinkFlow.OAuth));
        var trusted = (await server.Get<ClientStore>().FindAsync("trusted", default))!;
        for (var round = 0; round < 60; round++)
        {
            var app = new OAuthApp(server, "trusted");
            var request = Assert.IsType<AuthorizationRequest.Valid>(await server.Get<AuthorizationRequestReader>().ReadAsync(
                Parameters.OfQuery(app.AuthorizeUrl(Details(FromGuild)).Split('?')[1]), default)).Request;
            var code = await server.Get<IssueCode>().ExecuteAsync(request, alice, [], server.Clock.GetUtcNow(), default);

            var redeemed = Task.Run(() => server.Get<RedeemCode>().ExecuteAsync(
                trusted, Parameters.OfQuery($"code={code}&redirect_uri={AuthServer.Callback}&code_verifier={app.Verifier}"), key: null, default));
            await Task.WhenAll(redeemed, Task.Run(() => server.Get<Consents>().RevokeAsync(alice, "trusted", default)));

            Assert.IsType<TokenOutcome.Refused>(await redeemed);
            Assert.DoesNotContain(await server.Get<Consents>().OfAsync(alice, default), consent => consent.ClientId == "trusted");
        }
    }

    private static async Task<AuthServer> StartAsync(Engine engine)
    {
        var server = await AuthServer.StartAsync(engine);
        await server.RegisterAsync(Trusted);
        return server;
    }

    private static (string, string?)[] Details(string details) => [("authorization_details", details), ("scope", Scope)];

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();
}
