using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Leaving;
using Rally.Auth.Pages;
using Rally.Auth.Server;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>Developers register apps, and change and delete them.</summary>
public sealed class AppTests
{
    [Theory, EachEngine]
    public async Task A_developer_registers_an_app_that_people_can_use_at_once(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        Assert.Contains("You have none", (await bench.Dora.OpenAsync("/developer")).Text, StringComparison.Ordinal);
        var (id, secret) = await bench.RegisterAsync(("home_page", "https://club.example/about"), ("webhook", "https://club.example/hook"));

        var app = new OAuthApp(bench.Server, id, secret);
        using var browser = bench.Server.OpenBrowser();
        var consent = await browser.SignInAsync(await browser.OpenAsync(app.AuthorizeUrl()));
        Assert.Contains("Coin Club by the Rally account dora asks for access", consent.Text, StringComparison.Ordinal);
        Assert.Contains("Nobody has checked this app.", consent.Text, StringComparison.Ordinal);
        Assert.Contains("Your answer goes to a program on this device.", consent.Text, StringComparison.Ordinal);
        Assert.Equal("https://club.example/about", consent.Document.QuerySelector("main a[rel~=noreferrer]")!.GetAttribute("href"));
        var tokens = await app.RedeemAsync(OAuthApp.Query((await browser.PressAsync(consent, "Allow")).Left!)["code"]);
        Assert.True(await app.WorksAsync(tokens.AccessToken));
        Assert.Equal(HttpStatusCode.OK, (await app.ClientTokenAsync()).Status);

        await bench.DecideAsync(id, AppState.Approved);
        consent = await browser.OpenAsync(app.AuthorizeUrl(("prompt", "consent")));
        Assert.DoesNotContain("Nobody has checked", consent.Text, StringComparison.Ordinal);
        Assert.Contains("This server's operator has approved it.", consent.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(secret!, bench.Server.Logs.All, StringComparison.Ordinal);
        Assert.Contains(id, (await bench.Dora.OpenAsync("/developer")).Text, StringComparison.Ordinal);
        Assert.Equal("https://club.example/hook", (await bench.FindAsync(id))!.Webhook);
        // The operator's own apps were looked at by having been registered.
        Assert.DoesNotContain("Nobody has checked", (await browser.OpenAsync(new OAuthApp(bench.Server).AuthorizeUrl())).Text, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_public_app_has_no_secret_and_a_device_needs_no_redirect(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var (id, secret) = await bench.RegisterAsync(("kind", "public"), ("redirect_uris", ""), ("devices", "on"), ("scope_openid", "on"));
        Assert.Null(secret);
        var app = new OAuthApp(bench.Server, id, null);
        Assert.Equal(HttpStatusCode.OK, (await app.BeginDeviceAsync()).Status);
        Assert.Equal("unauthorized_client", (await app.ClientTokenAsync()).Error);
        Assert.DoesNotContain("Make a new secret", (await bench.OpenAppAsync(id)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "")]
    [InlineData("name", "Rally\u202ebot")]
    [InlineData("home_page", "http://club.example")]
    [InlineData("home_page", "javascript:alert(1)")]
    [InlineData("redirect_uris", "http://club.example/cb")]
    [InlineData("redirect_uris", "https://club.example/cb https://club.example/#x")]
    [InlineData("redirect_uris", "com.example.app:/cb")]
    [InlineData("redirect_uris", "/cb")]
    [InlineData("scope_profile", "")]
    [InlineData("webhook", "http://club.example/hook")]
    [InlineData("webhook", "https://10.0.0.1/hook")]
    [InlineData("webhook", "https://[::1]/hook")]
    [InlineData("webhook", "https://localhost/hook")]
    [InlineData("webhook", "https://intranet/hook")]
    [InlineData("webhook", "https://db.internal./hook")]
    [InlineData("webhook", "https://2130706433/hook")]
    [InlineData("webhook", "https://me@club.example/hook")]
    [InlineData("kind", "public", "redirect_uris", "")]
    [InlineData("kind", "public", "scope_webhooks:manage", "on")]
    public async Task What_cannot_be_is_refused_with_a_reason_and_what_was_typed_stays(params string[] typed)
    {
        await using var bench = await AppBench.StartAsync();
        var page = await bench.Dora.PressAsync(await bench.Dora.OpenAsync("/developer/register"), "Register",
        [
            ("name", AppBench.Name), ("redirect_uris", AuthServer.Callback), ("scope_profile", "on"), ("webhook", "https://club.example/hook"),
            .. typed.Chunk(2).Select(pair => (pair[0], pair[1])),
        ]);
        Assert.Equal((HttpStatusCode.BadRequest, "Register an app"), (page.Status, page.Title));
        Assert.NotEmpty(page.Document.QuerySelectorAll("[role=alert] li"));
        if (typed[0] != "webhook")
            Assert.Equal("https://club.example/hook", page.Document.QuerySelector("#webhook")!.GetAttribute("value"));
        Assert.Contains("You have none", (await bench.Dora.OpenAsync("/developer")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Developers_choose_among_these_scopes_and_no_others()
    {
        await using var bench = await AppBench.StartAsync();
        var form = await bench.Dora.OpenAsync("/developer/register");
        Assert.Equal(
            ["openid", "profile", "balances:read", "links:read", "transfers:send", "trades:make", "coins:manage", "webhooks:manage"],
            form.Document.QuerySelectorAll("input[name^=scope_]").Select(box => box.GetAttribute("name")!["scope_".Length..]));
    }

    [Theory, EachEngine]
    public async Task What_only_the_operator_gives_no_developer_takes(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var scopes = new ScopeCatalog([.. KnownScopes.All, new Scope("club:rule", "Rule the club", ForClientsOnly: true, ByOperatorOnly: true)]);
        var rules = new AppRules(scopes, Options.Create(new AuthOptions()));
        var draft = new AppDraft(AppBench.Name, null, IsConfidential: true, [AuthServer.Callback], ForDevices: false, ["profile"], null);
        Assert.Empty(rules.FaultsOf(draft));
        Assert.Equal(["club:rule is not for developers to choose."], rules.FaultsOf(draft with { Scopes = ["club:rule", "profile"] }));
        Assert.Equal(["no:scope is not for developers to choose."], rules.FaultsOf(draft with { Scopes = ["no:scope"] }));
        Assert.DoesNotContain("club:rule", AppFields.Of(draft, isNew: true, scopes).ToString(), StringComparison.Ordinal);
        Assert.Equal(["profile"], AppFields.Read(Typed("scope_club:rule", "scope_profile"), isConfidential: null, scopes).Scopes);

        // An app to which the operator gave it keeps it when its developer saves the form.
        var (id, _) = await bench.RegisterAsync();
        Assert.IsType<RegisterApp.Registered>(await new RegisterApp(bench.Server.Get<ClientStore>(), scopes).ExecuteAsync(
            AuthServer.Bot with { ClientId = id, Scopes = ["balances:read", "club:rule"] }, default));
        var dora = (await bench.Server.Get<AccountStore>().FindByNameAsync("dora", default))!;
        var change = ActivatorUtilities.CreateInstance<ChangeApp>(bench.Server.Get<IServiceProvider>(), rules, scopes);
        Assert.Empty(await change.ExecuteAsync(dora, id, draft, default));
        Assert.Equal(["club:rule", "profile"], (await bench.FindAsync(id))!.Scopes);
    }

    private static Parameters Typed(params string[] ticked) =>
        new(new Dictionary<string, StringValues>(ticked.Select(name => KeyValuePair.Create(name, new StringValues("on")))));

    [Fact]
    public async Task Webhooks_go_anywhere_where_the_operator_says_so()
    {
        await using var bench = await AppBench.StartAsync(configure: options => options.AllowPrivateWebhooks = true);
        var (id, _) = await bench.RegisterAsync(("webhook", "http://10.0.0.1:8080/hook"));
        Assert.Equal("http://10.0.0.1:8080/hook", (await bench.FindAsync(id))!.Webhook);
    }

    [Theory, EachEngine]
    public async Task An_account_has_so_many_apps_and_no_more_also_when_it_asks_at_once(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine, options => options.AppsPerAccount = 2);
        var dora = (await bench.Server.Get<AccountStore>().FindByNameAsync("dora", default))!;
        var draft = new AppDraft(AppBench.Name, null, IsConfidential: true, [AuthServer.Callback], ForDevices: false, ["profile"], null);
        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => bench.Server.Get<CreateApp>().ExecuteAsync(dora, draft, default))));
        Assert.Equal(2, results.Count(result => result is CreateApp.Created));
        Assert.All(results.OfType<CreateApp.Invalid>(), refused => Assert.Contains("at most 2 apps", Assert.Single(refused.Reasons), StringComparison.Ordinal));
        Assert.DoesNotContain("Register an app", (await bench.Dora.OpenAsync("/developer")).Text, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task Of_two_secrets_both_work_until_the_old_one_is_ended(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var (id, first) = await bench.RegisterAsync();
        async Task<bool> WorksAsync(string? secret) => (await new OAuthApp(bench.Server, id, secret).ClientTokenAsync()).Status == HttpStatusCode.OK;

        var (_, second) = AppBench.Shown(await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Make a new secret"));
        Assert.NotEqual(first, second);
        Assert.Equal((true, true), (await WorksAsync(first), await WorksAsync(second)));
        // Never more than two.
        var (_, third) = AppBench.Shown(await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Make a new secret"));
        Assert.Equal((false, true, true), (await WorksAsync(first), await WorksAsync(second), await WorksAsync(third)));
        var page = await bench.OpenAppAsync(id);
        Assert.Contains("The secret before the present one works until", page.Text, StringComparison.Ordinal);
        page = await bench.Dora.PressAsync(page, "End the old secret now");
        Assert.Equal((false, true), (await WorksAsync(second), await WorksAsync(third)));
        Assert.DoesNotContain("End the old secret now", page.Text, StringComparison.Ordinal);

        var (_, fourth) = AppBench.Shown(await bench.Dora.PressAsync(page, "Make a new secret"));
        bench.Server.Clock.Jump(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        Assert.Equal((true, true), (await WorksAsync(third), await WorksAsync(fourth)));
        bench.Server.Clock.Jump(TimeSpan.FromSeconds(1));
        Assert.Equal((false, true), (await WorksAsync(third), await WorksAsync(fourth)));
        foreach (var secret in new[] { first, second, third, fourth })
            Assert.DoesNotContain(secret!, bench.Server.Logs.All, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task Nobody_else_changes_an_app_and_its_owner_shows_again_who_they_are(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var (id, secret) = await bench.RegisterAsync();
        var before = await bench.FindAsync(id);
        using var alice = bench.Server.OpenBrowser();
        await alice.SignInAsync(await alice.OpenAsync("/sign-in"));
        Assert.Equal(HttpStatusCode.NotFound, (await alice.OpenAsync($"/developer/app?client_id={id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await alice.OpenAsync("/developer/app?client_id=bot")).Status);
        var token = (await alice.OpenAsync("/developer/register")).Document.QuerySelector("main input[type=hidden]")!;
        foreach (var path in new[] { "/developer/app", "/developer/app/secret", "/developer/app/delete", "/developer/app/logo" })
        {
            var answer = await alice.PostAsync(path,
            [
                new(token.GetAttribute("name")!, token.GetAttribute("value")!), new("client_id", id), new("name", "Mine"), new("confirm", AppBench.Name),
                new("redirect_uris", "https://evil.example/cb"), new("scope_profile", "on"), new("action", "remove"),
            ]);
            Assert.Equal((path, HttpStatusCode.NotFound), (path, answer.Status));
        }

        var page = await bench.OpenAppAsync(id);
        bench.Server.Clock.Advance(RecentProof.Lifetime + TimeSpan.FromSeconds(1));
        foreach (var button in new[] { "Save", "Make a new secret", "Use this logo", "Delete the app" })
            Assert.Equal("Is it still you?", (await bench.Dora.PressAsync(page, button)).Title);
        Assert.Equal("Is it still you?", (await bench.Dora.OpenAsync("/developer/register")).Title);
        var after = await bench.FindAsync(id);
        Assert.Equal((before!.Name, before.UpdatedAt, before.LogoVersion), (after!.Name, after.UpdatedAt, after.LogoVersion));
        Assert.Equal(HttpStatusCode.OK, (await new OAuthApp(bench.Server, id, secret).ClientTokenAsync()).Status);
    }

    [Theory, EachEngine]
    public async Task A_deleted_app_takes_its_tokens_and_consents_along(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var (id, secret) = await bench.RegisterAsync();
        var app = new OAuthApp(bench.Server, id, secret);
        using var browser = bench.Server.OpenBrowser();
        var tokens = await app.RedeemAsync(await app.ObtainCodeAsync(browser));
        var page = await bench.OpenAppAsync(id);
        Assert.Contains("type its name", (await bench.Dora.PressAsync(page, "Delete the app", ("confirm", "coin club"))).Text, StringComparison.Ordinal);
        Assert.True(await app.WorksAsync(tokens.AccessToken));

        Assert.Equal("Your apps", (await bench.Dora.PressAsync(page, "Delete the app", ("confirm", AppBench.Name))).Title);

        Assert.False(await app.WorksAsync(tokens.AccessToken));
        Assert.Equal("invalid_client", (await app.RefreshAsync(tokens.RefreshToken)).Error);
        Assert.DoesNotContain(AppBench.Name, (await browser.OpenAsync("/account")).Text, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task The_apps_of_an_account_are_in_its_export_and_go_with_it(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var (id, secret) = await bench.RegisterAsync(("home_page", "https://club.example"));
        var dora = (await bench.Server.Get<AccountStore>().FindByNameAsync("dora", default))!;
        var export = await bench.Server.Get<ExportAccount>().ExecuteAsync(dora, "https://rally.example", default);
        Assert.Equal((id, "https://club.example"), ((string?)export["appsYouRegistered"]![0]!["clientId"], (string?)export["appsYouRegistered"]![0]!["homePage"]));

        Assert.True(await bench.Server.Get<DeleteAccount>().ExecuteAsync(dora, default));

        Assert.Null(await bench.FindAsync(id));
        Assert.Equal("invalid_client", (await new OAuthApp(bench.Server, id, secret).ClientTokenAsync()).Error);
    }

    [Theory, EachEngine]
    public async Task Registering_by_command_keeps_what_the_operator_decided_and_ends_an_old_secret(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var (id, first) = await bench.RegisterAsync();
        await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Make a new secret");
        await bench.DecideAsync(id, AppState.Suspended);
        await bench.Server.RegisterAsync(AuthServer.Bot with { ClientId = id });
        Assert.Equal("unauthorized_client", (await new OAuthApp(bench.Server, id).ClientTokenAsync()).Error);
        Assert.Equal("invalid_client", (await new OAuthApp(bench.Server, id, first).ClientTokenAsync()).Error);
    }
}
