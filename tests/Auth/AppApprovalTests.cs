using System.Net;
using Dapper;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Transfers;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>What operators decide about apps holds at every way to a token, and for every token.</summary>
public sealed class AppApprovalTests
{
    [Theory, EachEngine]
    public async Task Where_apps_need_approval_one_that_waits_gets_nothing_anywhere(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine, options => options.AppsNeedApproval = true);
        Assert.Contains("The operator looks at each app", (await bench.Dora.OpenAsync("/developer/register")).Text, StringComparison.Ordinal);
        var (id, secret) = await bench.RegisterAsync(("devices", "on"));
        Assert.Contains("waits for the operator's approval", (await bench.OpenAppAsync(id)).Text, StringComparison.Ordinal);
        await RefusedEverywhereAsync(bench, id, secret!);
        await bench.Server.MakeOperatorAsync("dora");
        var page = await bench.Dora.OpenAsync("/operator/apps");
        Assert.Equal(["Approve", "Refuse", "Suspend"], page.Document.QuerySelectorAll("button[name=decision]").Select(button => button.TextContent));

        await bench.Dora.PressAsync(page, "Approve");

        Assert.Contains("Approved by the operator", (await bench.OpenAppAsync(id)).Text, StringComparison.Ordinal);
        var app = new OAuthApp(bench.Server, id, secret);
        using var browser = bench.Server.OpenBrowser();
        Assert.Equal(HttpStatusCode.OK, (await app.RedeemAsync(await app.ObtainCodeAsync(browser))).Status);
        Assert.Equal(HttpStatusCode.OK, (await app.ClientTokenAsync()).Status);
    }

    [Theory, EachEngine]
    public async Task A_suspended_app_is_out_at_once_and_back_when_it_is_approved(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var (id, secret) = await bench.RegisterAsync(("devices", "on"));
        var app = new OAuthApp(bench.Server, id, secret);
        using var browser = bench.Server.OpenBrowser();
        var tokens = await app.RedeemAsync(await app.ObtainCodeAsync(browser));
        var code = await app.ObtainCodeAsync(browser);
        var own = await app.ClientTokenAsync();
        var former = new FormerApp(bench.Server);
        var formerTokens = await former.RegisterAsync(id, secret!);
        var device = await app.BeginDeviceAsync("profile");
        var userCode = device.Json.GetProperty("user_code").GetString()!;
        var consent = await browser.OpenAsync(app.AuthorizeUrl(("prompt", "consent")));
        var alice = (await bench.Server.Get<AccountStore>().FindByNameAsync("alice", default))!;
        Assert.Equal(HttpStatusCode.OK, (await app.CallAsync($"/sample/{alice.Id}/balances:read", own.AccessToken)).StatusCode);

        await bench.DecideAsync(id, AppState.Suspended);

        foreach (var token in new[] { tokens.AccessToken, own.AccessToken, formerTokens["access_token"] })
        {
            var refused = await app.CallAsync($"/sample/{alice.Id}/balances:read", token);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
            Assert.Contains("invalid_token", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        }

        Assert.False(await app.WorksAsync(tokens.AccessToken));
        Assert.Equal("unauthorized_client", (await app.RefreshAsync(tokens.RefreshToken)).Error);
        Assert.Equal("unauthorized_client", (await app.RedeemAsync(code)).Error);
        Assert.Equal("unauthorized_client", (await app.IntrospectAsync(tokens.AccessToken)).Error);
        Assert.Equal("unauthorized_client", (await app.PollAsync(device.Json.GetProperty("device_code").GetString()!)).Error);
        Assert.Equal(HttpStatusCode.Forbidden, (await former.RefreshAsync(formerTokens["refresh_token"])).Status);
        former.AccessToken = formerTokens["access_token"];
        Assert.Equal(HttpStatusCode.Unauthorized, (await former.AuthorizeAsync()).Status);
        Assert.Contains("suspended", (await browser.PressAsync(consent, "Allow")).Text, StringComparison.Ordinal);
        var typed = await browser.PressAsync(await browser.OpenAsync("/device"), "Continue", ("user_code", userCode));
        Assert.Equal("Connect a device", typed.Title);
        Assert.Contains("does not let it use this network", (await browser.OpenAsync($"/account/apps?client_id={id}")).Text, StringComparison.Ordinal);
        Assert.Contains("It sells coins that are not there.", (await bench.OpenAppAsync(id)).Text, StringComparison.Ordinal);
        await RefusedEverywhereAsync(bench, id, secret!);

        // Changing it does not let it back in; the operator does.
        await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Save", ("name", "Another Club"));
        Assert.False(await app.WorksAsync(tokens.AccessToken));
        await bench.DecideAsync(id, AppState.Approved);
        Assert.True(await app.WorksAsync(tokens.AccessToken));
        Assert.Equal(HttpStatusCode.OK, (await app.RefreshAsync(tokens.RefreshToken)).Status);
    }

    [Theory, EachEngine]
    public async Task What_was_approved_waits_again_when_people_would_see_something_else(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine, options => options.AppsNeedApproval = true);
        var (id, _) = await bench.RegisterAsync(("redirect_uris", "https://club.example/a https://club.example/b"));
        (string, string)[] harmless = [("redirect_uris", "https://club.example/a"), ("scope_balances:read", ""), ("webhook", "https://club.example/hook")];
        (string, string)[][] seen =
        [
            [("name", "Rally")], [("home_page", "https://other.example")], [("redirect_uris", "https://club.example/a https://evil.example/")],
            [("scope_transfers:send", "on")], [("devices", "on")],
        ];
        await bench.DecideAsync(id, AppState.Approved);
        await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Save", harmless);
        Assert.Equal(AppState.Approved, (await bench.FindAsync(id))!.State);
        Assert.Equal(["https://club.example/a"], (await bench.FindAsync(id))!.RedirectUris);
        foreach (var change in seen)
        {
            await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Save", change);
            Assert.Equal((change[0].Item1, AppState.Waiting), (change[0].Item1, (await bench.FindAsync(id))!.State));
            await bench.DecideAsync(id, AppState.Approved);
        }

        // Somebody who was refused mends it and asks again.
        await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Save", ("name", "Club"));
        await bench.DecideAsync(id, AppState.Refused);
        await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Save", ("name", "Honest Club"));
        var mended = (await bench.FindAsync(id))!;
        Assert.Equal(AppState.Waiting, mended.State);
        Assert.Null(mended.Reason);
    }

    [Theory, EachEngine]
    public async Task Where_nobody_has_to_ask_a_refused_app_stays_refused(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var (id, secret) = await bench.RegisterAsync();
        await bench.DecideAsync(id, AppState.Refused);
        await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Save", ("name", "Honest Club"));
        Assert.Equal(AppState.Refused, (await bench.FindAsync(id))!.State);
        await RefusedEverywhereAsync(bench, id, secret!);
    }

    [Theory, EachEngine]
    public async Task An_operator_decides_on_what_they_have_seen_and_the_owner_is_told(Engine engine)
    {
        await using var smtp = new SmtpServer();
        await using var bench = await AppBench.StartAsync(engine, smtp.Configure);
        await bench.Server.Store.WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_account SET email = 'dora@mail.example' WHERE user_name = 'dora'", transaction: transaction));
        var (id, _) = await bench.RegisterAsync();
        Assert.Contains("The app Coin Club was registered by your account.", (await smtp.MailAsync(1)).Text, StringComparison.Ordinal);
        await bench.Server.CreateAccountAsync("olga");
        using var olga = bench.Server.OpenBrowser();
        await olga.SignInAsync(await olga.OpenAsync("/sign-in"), "olga");
        Assert.Equal(HttpStatusCode.NotFound, (await olga.OpenAsync("/operator/apps")).Status);
        await bench.Server.MakeOperatorAsync("olga");
        Assert.Contains("1 wait for you", (await olga.OpenAsync("/operator")).Text, StringComparison.Ordinal);

        var page = await olga.OpenAsync("/operator/apps");
        Assert.Contains("Coin Club by the Rally account dora", page.Text, StringComparison.Ordinal);
        // An app that works is suspended: there is nothing to refuse.
        Assert.Equal(["Approve", "Suspend"], page.Document.QuerySelectorAll("button[name=decision]").Select(button => button.TextContent));
        Assert.Contains("Give its owner a reason", (await olga.PressAsync(page, "Suspend")).Text, StringComparison.Ordinal);
        bench.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.Dora.PressAsync(await bench.OpenAppAsync(id), "Save", ("name", "Rally"));
        Assert.Contains("since you looked at it", (await olga.PressAsync(page, "Approve")).Text, StringComparison.Ordinal);
        Assert.Equal(AppState.Waiting, (await bench.FindAsync(id))!.State);

        page = await olga.PressAsync(await olga.OpenAsync("/operator/apps?q=RALLY"), "Suspend", ("reason", "It is not Rally."));
        Assert.Contains("There are none.", page.Text, StringComparison.Ordinal);
        var mail = await smtp.MailAsync(3);
        Assert.Contains("The operator has suspended your app Rally: It is not Rally.", mail.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("If that was not you", mail.Text, StringComparison.Ordinal);
        Assert.Contains("It is not Rally.", (await olga.OpenAsync("/operator/apps?state=suspended&q=dora")).Text, StringComparison.Ordinal);
        Assert.Contains("There are none.", (await olga.OpenAsync("/operator/apps?state=suspended&q=do")).Text, StringComparison.Ordinal);

        // Those of the operator's own command can be suspended, too.
        page = await olga.OpenAsync("/operator/apps?state=approved&q=bot");
        bench.Server.Clock.Advance(RecentProof.Lifetime + TimeSpan.FromSeconds(1));
        Assert.Equal("Is it still you?", (await olga.PressAsync(page, "Suspend", ("reason", "Away."))).Title);
        Assert.Equal(HttpStatusCode.OK, (await new OAuthApp(bench.Server).ClientTokenAsync()).Status);
    }

    [Theory, EachEngine]
    public async Task What_a_suspended_app_asked_to_send_is_not_sent(Engine engine)
    {
        await using var bench = await AppBench.StartAsync(engine);
        var alice = (await bench.Server.Get<AccountStore>().FindByNameAsync("alice", default))!;
        var requests = bench.Server.Get<TransferRequests>();
        var wish = new TransferWish(alice.Id, Guid.NewGuid(), "PTM", "5", IsInUsd: false, "", "");
        var (id, _) = (await requests.AddAsync("bot", wish, Guid.NewGuid(), default))!.Value;
        Assert.Single(await requests.WaitingForAsync(alice.Id, default));

        await bench.DecideAsync("bot", AppState.Suspended);

        Assert.Empty(await requests.WaitingForAsync(alice.Id, default));
        Assert.False(await requests.DecideAsync(id, alice.Id, TransferState.Sending, default));
        Assert.False(requests.IsOpen((await requests.FindAsync(id, default))!));
        await bench.DecideAsync("bot", AppState.Approved);
        Assert.True(await requests.DecideAsync(id, alice.Id, TransferState.Sending, default));
    }

    private static async Task RefusedEverywhereAsync(AppBench bench, string id, string secret)
    {
        var app = new OAuthApp(bench.Server, id, secret);
        using var browser = bench.Server.OpenBrowser();
        Assert.Equal("This request cannot be answered", (await browser.OpenAsync(app.AuthorizeUrl())).Title);
        foreach (var answer in new[] { await app.ClientTokenAsync(), await app.PushAsync(), await app.BeginDeviceAsync("profile"), await app.RevokeAsync("x") })
            Assert.Equal("unauthorized_client", answer.Error);
        Assert.Equal(HttpStatusCode.Forbidden, (await new FormerApp(bench.Server).RegisterAsync(id, secret)).Status);
        // Who does not know the secret does not learn that there is such an app.
        Assert.Equal("invalid_client", (await new OAuthApp(bench.Server, id, "wrong").ClientTokenAsync()).Error);
    }
}
