using System.Net;
using Rally.Auth.Spending;
using Rally.Storage;
using Rally.Testing;
using Xunit;
using static Rally.Auth.Spending.SpendingLimits;

namespace Rally.Auth.Tests;

/// <summary>What an app may spend, as it is asked for, decided and shown.</summary>
public sealed class SpendingPageTests
{
    private const string Proposal = """[{"type":"spending_limit","coin":"ptm","per_day":"25","in_all":"60.5"}]""";

    [Theory, EachEngine]
    public async Task A_limit_goes_from_the_apps_proposal_by_the_persons_decision_into_the_token(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        var alice = await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var app = new OAuthApp(server);

        var consent = await browser.SignInAsync(await browser.OpenAsync(app.AuthorizeUrl(Asking(Proposal))));
        Assert.Contains("Asks for 25 PTM in 24 hours, 60.5 PTM in all.", consent.Text, StringComparison.Ordinal);
        var raised = await browser.PressAsync(consent, "Allow", ("day_0", "26"));
        Assert.Equal(HttpStatusCode.BadRequest, raised.Status);
        Assert.Contains("you can only lower", raised.Text, StringComparison.Ordinal);
        var wrong = await browser.PressAsync(consent, "Allow", ("all_0", "1e3"));
        Assert.Contains("The limits of PTM must each be a plain number", wrong.Text, StringComparison.Ordinal);
        Assert.Empty(await server.Get<LimitStore>().OfAsync(alice, "bot", default));

        var allowed = await browser.PressAsync(consent, "Allow", ("day_0", "10.000001"), ("all_0", "50"));
        var tokens = await app.RedeemAsync(OAuthApp.Query(allowed.Left!)["code"]);

        Assert.Equal(
            """[{"type":"spending_limit","coin":"PTM","per_day":"10.000001","in_all":"50"}]""",
            tokens.Json.GetProperty("authorization_details").GetRawText());
        Assert.Equal([new SpendingLimit("PTM", 10_000_001, 50_000_000)], await server.Get<LimitStore>().OfAsync(alice, "bot", default));
        // Before anything is spent.
        var page = await browser.OpenAsync("/account/apps?client_id=bot");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("Nothing.", page.Text, StringComparison.Ordinal);
        // Decided once: the same proposal asks nothing again, and changes nothing.
        Assert.NotNull((await browser.OpenAsync(app.AuthorizeUrl(Asking(Proposal)))).Left);
        Assert.Equal([new SpendingLimit("PTM", 10_000_001, 50_000_000)], await server.Get<LimitStore>().OfAsync(alice, "bot", default));
        // Another coin does ask, and leaves what is set.
        var more = await browser.OpenAsync(app.AuthorizeUrl(Asking("""[{"type":"spending_limit","coin":"*","per_day":"1","in_all":"2"}]""")));
        Assert.Contains("You allow 10.000001 PTM in 24 hours, 50 PTM in all now.", more.Text, StringComparison.Ordinal);
        Assert.NotNull((await browser.PressAsync(more, "Allow")).Left);
        Assert.Equal(2, (await server.Get<LimitStore>().OfAsync(alice, "bot", default)).Count);
    }

    [Theory, EachEngine]
    public async Task A_pushed_proposal_is_what_the_person_sees(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        await server.CreateAccountAsync();
        using var browser = server.OpenBrowser();
        var app = new OAuthApp(server);

        var pushed = await app.PushAsync(Asking(Proposal));
        var consent = await browser.SignInAsync(await browser.OpenAsync(app.PushedUrl(pushed.Json.GetProperty("request_uri").GetString()!)));

        Assert.Contains("Asks for 25 PTM in 24 hours", consent.Text, StringComparison.Ordinal);
        Assert.Equal("invalid_authorization_details", (await app.PushAsync(Asking("[{}]"))).Error);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("[7]")]
    [InlineData("""[{"type":"payment","coin":"PTM","per_day":"1","in_all":"1"}]""")]
    [InlineData("""[{"type":"spending_limit","coin":"PTM","per_day":"1"}]""")]
    [InlineData("""[{"type":"spending_limit","coin":"P T","per_day":"1","in_all":"1"}]""")]
    [InlineData("""[{"type":"spending_limit","coin":"PTM","per_day":1,"in_all":"1"}]""")]
    [InlineData("""[{"type":"spending_limit","coin":"PTM","per_day":"-1","in_all":"1"}]""")]
    [InlineData("""[{"type":"spending_limit","coin":"PTM","per_day":"0.0000001","in_all":"1"}]""")]
    [InlineData("""[{"type":"spending_limit","coin":"PTM","per_day":"1","in_all":"9223372036854.775808"}]""")]
    [InlineData("""[{"type":"spending_limit","coin":"PTM","per_day":"1","in_all":"1","note":"x"}]""")]
    [InlineData("""[{"type":"spending_limit","coin":"PTM","per_day":"1","in_all":"1"},{"type":"spending_limit","coin":"ptm","per_day":"1","in_all":"1"}]""")]
    public void Details_that_are_not_as_they_should_be_are_not_read(string details) => Assert.Null(Server.AuthorizationDetails.Parse(details));

    [Theory, EachEngine]
    public async Task A_limit_without_a_scope_that_spends_is_refused(Engine engine)
    {
        await using var server = await AuthServer.StartAsync(engine);
        using var browser = server.OpenBrowser();

        var answer = await browser.OpenAsync(new OAuthApp(server).AuthorizeUrl(("scope", "profile"), ("authorization_details", Proposal)));

        Assert.Equal("invalid_authorization_details", OAuthApp.Query(answer.Left!)["error"]);
    }

    [Theory, EachEngine]
    public async Task A_person_sees_every_spend_and_changes_limits(Engine engine)
    {
        await using var bench = await SpendingBench.StartAsync(engine, new SpendingLimit("PTM", 50_000_000, 100_000_000));
        for (var spent = 0; spent < 21; spent++)
        {
            bench.Server.Clock.Advance(TimeSpan.FromSeconds(1));
            await bench.SpendAsync(1_000_000);
        }

        bench.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        var refused = bench.New(2_000_000);
        await bench.ReserveAsync([refused]);
        await bench.Limits.RefusedAsync(bench.Account, [refused.TransferId], "The sender has 0 PTM.");
        using var browser = bench.Server.OpenBrowser();
        var page = await browser.SignInAsync(await browser.OpenAsync("/account/apps?client_id=bot"));

        Assert.Contains("Spent in the last 24 hours: 21 PTM. Spent in all: 21 PTM.", page.Text, StringComparison.Ordinal);
        Assert.Contains("2 PTM: refused: The sender has 0 PTM.", page.Text, StringComparison.Ordinal);
        Assert.Equal(20, page.Document.QuerySelectorAll(".apps li").Length);
        var earlier = await browser.OpenAsync(page.Document.QuerySelector("a[href*=before]")!.GetAttribute("href")!);
        Assert.Equal(2, earlier.Document.QuerySelectorAll(".apps li").Length);

        // Lowering needs nothing; what is spent already stays spent.
        page = await browser.PressAsync(page, "Set these limits", ("day_0", "20"));
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 20_000_000, 0), await bench.ReserveAsync(1));
        // Raising, and another coin, take the password.
        var unproven = await browser.PressAsync(page, "Set these limits", ("day_0", "22"), ("password", "not mine"));
        Assert.Contains("type your password", unproven.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PressAsync(page, "Set these limits", ("new_coin", "aaa"), ("new_day", "1"), ("new_all", "1"))).Status);
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1, "AAA"));
        Assert.Contains("A coin's symbol", (await browser.PressAsync(page, "Set these limits", ("new_coin", "no coin"))).Text, StringComparison.Ordinal);
        page = await browser.PressAsync(
            page, "Set these limits", ("day_0", "22"), ("new_coin", "aaa"), ("new_day", "1"), ("new_all", "1"), ("password", AuthServer.Password));
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync(1_000_000));
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync(1, "AAA"));

        page = await browser.PressAsync(page, "Revoke its access");
        Assert.Equal("Your account", page.Title);
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.None, 0, 0), await bench.ReserveAsync(1));
        page = await browser.OpenAsync("/account/apps?client_id=bot");
        Assert.Contains("no access any more", page.Text, StringComparison.Ordinal);
        Assert.NotEmpty(page.Document.QuerySelectorAll(".apps li"));
        Assert.Equal(HttpStatusCode.NotFound, (await browser.OpenAsync("/account/apps?client_id=nobody")).Status);
        // No client at all: PostgreSQL has no text for what it names.
        Assert.Equal("Your account", (await browser.OpenAsync("/account/apps?client_id=%00")).Title);
    }

    private static (string, string?)[] Asking(string details) => [("scope", "profile transfers:send"), ("authorization_details", details)];
}
