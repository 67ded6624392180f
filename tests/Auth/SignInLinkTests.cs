using System.Net;
using AngleSharp.Html.Parser;
using Rally.Auth.Links;
using Rally.Sandbox;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>Linking by signing in at Discord and Twitch, with the sandbox in their places.</summary>
public sealed class SignInLinkTests
{
    [Theory, EachEngine]
    public async Task Accounts_at_Discord_and_Twitch_are_linked_by_signing_in_there(Engine engine)
    {
        await using var sandbox = await SandboxAsync();
        await using var server = await StartAsync(sandbox, engine);
        var alice = await server.CreateAccountAsync();
        using var browser = await SignedInAsync(server);

        foreach (var (title, thing) in new[] { ("Discord", "Discord account"), ("Twitch", "Twitch account") })
        {
            var links = await browser.OpenAsync("/account/links");
            var page = await browser.OpenAsync(links.Document.QuerySelectorAll("main a").Single(link => link.TextContent == $"Link a {thing}").GetAttribute("href")!);
            Assert.Equal($"Link a {thing}", page.Title);
            Assert.Contains($"form-action 'self' {sandbox.Page.GetLeftPart(UriPartial.Authority)};", page.Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            var linked = await browser.OpenAsync((await AgreeAsync(await LeaveAsync(browser, page, title), "nova")).PathAndQuery);
            Assert.Equal(("Linked accounts", true), (linked.Title, linked.Text.Contains("It is linked now.", StringComparison.Ordinal)));
        }

        var nova = sandbox.Members.Single(member => member.Name == "nova").Id;
        var made = await LinkTests.LinksOfAsync(server, alice);
        Assert.Equal([("discord", "nova", "oauth"), ("twitch", "nova", "oauth")], made.Select(link => (link.Provider, link.Name, link.Flow)));
        Assert.Equal($"{nova}", made[0].Subject);
        Assert.StartsWith("141000", made[1].Subject, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.DiscordSignIn.ClientSecret, server.Logs.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Declining_links_nothing_and_is_said()
    {
        await using var sandbox = await SandboxAsync();
        await using var server = await StartAsync(sandbox);
        var alice = await server.CreateAccountAsync();
        using var browser = await SignedInAsync(server);
        var left = await LeaveAsync(browser, await browser.OpenAsync("/account/links/discord"), "Discord");

        var back = await browser.OpenAsync((await AgreeAsync(left, "Cancel")).PathAndQuery);

        Assert.Contains("You declined there", back.Document.QuerySelector("[role=alert]")!.TextContent, StringComparison.Ordinal);
        Assert.Empty(await LinkTests.LinksOfAsync(server, alice));
    }

    [Fact]
    public async Task An_answer_counts_in_the_browser_it_was_asked_in_for_the_account_it_was_asked_for_and_once()
    {
        await using var sandbox = await SandboxAsync();
        await using var server = await StartAsync(sandbox);
        var (alice, bob) = (await server.CreateAccountAsync(), await server.CreateAccountAsync("bob"));
        using var browser = await SignedInAsync(server);
        using var bobs = await SignedInAsync(server, "bob");

        // Bob's browser is sent to the end of what alice began.
        var answer = await AgreeAsync(await LeaveAsync(browser, await browser.OpenAsync("/account/links/discord"), "Discord"), "nova");
        Assert.Contains("That could not be completed", (await bobs.OpenAsync(answer.PathAndQuery)).Text, StringComparison.Ordinal);
        Assert.Empty(await LinkTests.LinksOfAsync(server, bob));

        // The browser has another account by the time the answer comes.
        await browser.PressAsync(await browser.OpenAsync("/account"), "Sign out");
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"), "bob");
        Assert.Contains("That could not be completed", (await browser.OpenAsync(answer.PathAndQuery)).Text, StringComparison.Ordinal);
        Assert.Equal((0, 0), ((await LinkTests.LinksOfAsync(server, alice)).Count, (await LinkTests.LinksOfAsync(server, bob)).Count));

        var right = await AgreeAsync(await LeaveAsync(bobs, await bobs.OpenAsync("/account/links/discord"), "Discord"), "nova");
        await bobs.OpenAsync(right.PathAndQuery);
        Assert.Single(await LinkTests.LinksOfAsync(server, bob));
        await server.Get<RemoveLink>().ExecuteAsync(bob, "discord", $"{sandbox.Members.Single(member => member.Name == "nova").Id}", default);
        Assert.Contains("That could not be completed", (await bobs.OpenAsync(right.PathAndQuery)).Text, StringComparison.Ordinal);
        Assert.Contains("That could not be completed", (await bobs.OpenAsync("/account/links/discord/done")).Text, StringComparison.Ordinal);
        Assert.Empty(await LinkTests.LinksOfAsync(server, bob));
    }

    [Fact]
    public async Task An_answer_of_one_site_does_not_count_as_one_of_the_other()
    {
        await using var sandbox = await SandboxAsync();
        await using var server = await StartAsync(sandbox);
        var alice = await server.CreateAccountAsync();
        using var browser = await SignedInAsync(server);
        var answer = await AgreeAsync(await LeaveAsync(browser, await browser.OpenAsync("/account/links/discord"), "Discord"), "nova");
        var mixed = answer.PathAndQuery.Replace("/discord/", "/twitch/", StringComparison.Ordinal);
        Assert.Contains("That could not be completed", (await browser.OpenAsync(mixed)).Text, StringComparison.Ordinal);
        Assert.Empty(await LinkTests.LinksOfAsync(server, alice));
    }

    [Fact]
    public async Task State_and_PKCE_go_along_and_the_public_address_is_where_answers_go()
    {
        await using var sandbox = await SandboxAsync();
        await using var server = await StartAsync(sandbox, configure: options => options.PublicUrl = new Uri("http://localhost:7"));
        await server.CreateAccountAsync();
        using var browser = await SignedInAsync(server);

        var discord = OAuthApp.Query(await LeaveAsync(browser, await browser.OpenAsync("/account/links/discord"), "Discord"));
        var twitch = OAuthApp.Query(await LeaveAsync(browser, await browser.OpenAsync("/account/links/twitch"), "Twitch"));

        Assert.Equal(("code", "S256", "identify", "consent"), (discord["response_type"], discord["code_challenge_method"], discord["scope"], discord["prompt"]));
        Assert.Equal("http://localhost:7/account/links/discord/callback", discord["redirect_uri"]);
        Assert.Equal(("http://localhost:7/account/links/twitch/callback", "true"), (twitch["redirect_uri"], twitch["force_verify"]));
        Assert.True(discord["state"].Length > 40 && discord["code_challenge"].Length == 43);
    }

    [Fact]
    public async Task A_site_that_fails_links_nothing_and_breaks_nothing()
    {
        await using var sandbox = await SandboxAsync();
        await using var server = await StartAsync(sandbox, configure: options => options.Links.Discord.UserEndpoint = new Uri(sandbox.Page, "nothing-here"));
        await server.CreateAccountAsync();
        using var browser = await SignedInAsync(server);
        var answer = await AgreeAsync(await LeaveAsync(browser, await browser.OpenAsync("/account/links/discord"), "Discord"), "nova");
        var page = await browser.OpenAsync(answer.PathAndQuery);
        Assert.Equal((HttpStatusCode.OK, "Link a Discord account"), (page.Status, page.Title));
        Assert.Contains("That could not be completed", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_app_there_is_no_way_to_link_and_no_page()
    {
        await using var server = await AuthServer.StartAsync();
        await server.CreateAccountAsync();
        using var browser = await SignedInAsync(server);
        Assert.DoesNotContain("Discord", (await browser.OpenAsync("/account/links")).Document.QuerySelector("ul")!.TextContent, StringComparison.Ordinal);
        foreach (var path in new[] { "/account/links/discord", "/account/links/discord/done", "/account/links/discord/callback", "/account/links/twitch" })
            Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync(path)).Status);
    }

    [Theory]
    [InlineData("""{"id":"1","username":"fan"}""", "1", "fan")]
    [InlineData("""{"data":[{"id":"141","login":"fan","display_name":"FAN"}]}""", "141", "fan")]
    [InlineData("""{"data":[]}""", null, null)]
    [InlineData("""{"data":[{"id":"1","login":"a"},{"id":"2","login":"b"}]}""", null, null)]
    [InlineData("""{"id":1,"username":"fan"}""", null, null)]
    [InlineData("""{"id":"a","username":"fan"}""", null, null)]
    [InlineData("""{"id":"1"}""", null, null)]
    [InlineData("""{"id":"1","username":"a\u0000b"}""", null, null)]
    [InlineData("""{"id":"1","username":""}""", null, null)]
    [InlineData("[]", null, null)]
    [InlineData("<html>", null, null)]
    public void Who_signed_in_is_read_or_nobody_is(string json, string? id, string? name) =>
        Assert.Equal(id is null ? null : (id, name!), LinkSignIn.Read(json));

    [Fact]
    public void Settings_of_apps_that_cannot_work_are_refused()
    {
        Action<LinkOptions>[] wrong =
        [
            links => links.Discord.ClientId = "1",
            links => links.Twitch.ClientSecret = "secret",
            links => links.Discord.TokenEndpoint = new Uri("http://discord.example/token"),
            links => links.Twitch.UserEndpoint = new Uri("/users", UriKind.Relative),
            links => links.Twitch.AuthorizationEndpoint = null,
        ];
        foreach (var configure in wrong)
        {
            var options = new AuthOptions();
            configure(options.Links);
            var result = new AuthOptionsValidation().Validate(null, options);
            Assert.StartsWith("Auth: Links:", Assert.Single(result.Failures!), StringComparison.Ordinal);
        }
    }

    private static Task<SandboxServer> SandboxAsync() => SandboxServer.StartAsync(new SandboxOptions(), CancellationToken.None);

    private static Task<AuthServer> StartAsync(SandboxServer sandbox, Engine engine = Engine.Sqlite, Action<AuthOptions>? configure = null) =>
        AuthServer.StartAsync(engine, options =>
        {
            Use(options.Links.Discord, sandbox.DiscordSignIn);
            Use(options.Links.Twitch, sandbox.TwitchSignIn);
            configure?.Invoke(options);
        });

    private static void Use(OAuthLinkOptions app, SandboxSignIn site) =>
        (app.ClientId, app.ClientSecret, app.AuthorizationEndpoint, app.TokenEndpoint, app.UserEndpoint) =
        (site.ClientId, site.ClientSecret, site.Authorize, site.Token, site.User);

    private static async Task<Browser> SignedInAsync(AuthServer server, string userName = "alice")
    {
        var browser = server.OpenBrowser();
        await browser.SignInAsync(await browser.OpenAsync("/sign-in"), userName);
        return browser;
    }

    /// <summary>Presses the button that leads to the site, and gives the address there.</summary>
    private static async Task<Uri> LeaveAsync(Browser browser, Browser.Page page, string title) =>
        (await browser.PressAsync(page, $"Continue to {title}")).Left!;

    /// <summary>What the site's page does when this button is pressed: the address the browser is sent back to.</summary>
    private static async Task<Uri> AgreeAsync(Uri site, string button)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var page = await new HtmlParser().ParseDocumentAsync(await http.GetStringAsync(site));
        var pressed = page.QuerySelectorAll("button").Single(candidate => candidate.TextContent == button);
        using var form = new FormUrlEncodedContent([new("user", pressed.GetAttribute("value")!)]);
        using var answer = await http.PostAsync(new Uri(site, page.QuerySelector("form")!.GetAttribute("action")!), form);
        return answer.Headers.Location!;
    }
}
