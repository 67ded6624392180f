using System.Net;
using Dapper;
using Rally.Bot.Demo;
using Rally.Bot.Linking;
using Rally.Bot.Network;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

public sealed class LinkTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Theory, EachEngine]
    public async Task A_link_opened_by_somebody_else_says_whose_it_is_before_consent_and_links_no_other_account(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine);
        var link = await DemoPerson.AskForLinkAsync(town.Discord, town.Fan, CancellationToken.None);

        using var stranger = new DemoBrowser();
        await stranger.OpenAsync(link!, CancellationToken.None);
        Assert.Contains("fan", stranger.Text, StringComparison.Ordinal);
        Assert.Contains($"{town.Fan}", stranger.Text, StringComparison.Ordinal);
        await stranger.PressAsync("Continue", Nothing, CancellationToken.None);
        await stranger.PressAsync("Sign in", new Dictionary<string, string> { ["username"] = "nova", ["password"] = "demo-password-nova" }, CancellationToken.None);
        Assert.Contains($"{town.Fan}", stranger.Text, StringComparison.Ordinal);
        await stranger.PressAsync("Deny", Nothing, CancellationToken.None);
        Assert.Contains("You declined", stranger.Text, StringComparison.Ordinal);

        await town.SaysAsync(town.Fan, "coin", "balance", "no linked Rally account");
        await town.SaysAsync(town.Discord.MemberId("nova"), "coin", "balance", "no linked Rally account");
    }

    [Fact]
    public async Task A_link_works_once()
    {
        await using var town = await Town.BuildAsync();
        var link = await DemoPerson.AskForLinkAsync(town.Discord, town.Fan, CancellationToken.None);
        await DemoPerson.FollowAsync(link!, "fan", "fan", "demo-password-fan", signUp: false, CancellationToken.None);

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.Gone, (await http.GetAsync(link)).StatusCode);
        await town.SaysAsync(town.Fan, "coin", "join", "already");
    }

    [Fact]
    public async Task Looking_at_a_link_does_not_use_it_up()
    {
        await using var town = await Town.BuildAsync();
        var link = await DemoPerson.AskForLinkAsync(town.Discord, town.Fan, CancellationToken.None);
        using var preview = new HttpClient();
        for (var i = 0; i < 3; i++)
            Assert.True((await preview.GetAsync(link)).IsSuccessStatusCode);
        await DemoPerson.FollowAsync(link!, "fan", "fan", "demo-password-fan", signUp: false, CancellationToken.None);
    }

    [Fact]
    public async Task The_answer_of_the_network_counts_only_in_the_browser_that_began()
    {
        await using var town = await Town.BuildAsync();
        var offers = town.Inside<LinkOffers>();
        var token = await offers.MakeAsync(new(town.Fan, "fan", town.Sandbox.GuildId), CancellationToken.None);
        var attempt = (await offers.BeginAsync(token, RallyOAuth.NewCodeVerifier(), CancellationToken.None))!;

        using var http = new HttpClient();
        using var elsewhere = await http.GetAsync(new Uri(town.Address, $"link/callback?code=x&state={attempt.State}&iss={Uri.EscapeDataString(town.Address.ToString())}"));
        Assert.Equal(HttpStatusCode.BadRequest, elsewhere.StatusCode);
        Assert.Null(await offers.TakeAsync(attempt.State, "another browser's mark", CancellationToken.None));
        Assert.NotNull(await offers.TakeAsync(attempt.State, attempt.BrowserMark, CancellationToken.None));
        Assert.Null(await offers.TakeAsync(attempt.State, attempt.BrowserMark, CancellationToken.None));
    }

    [Fact]
    public async Task A_link_and_its_state_end_after_fifteen_minutes()
    {
        var clock = new FakeClock();
        await using var town = await Town.BuildAsync();
        var offers = new LinkOffers(town.Inside<Database>(), town.Inside<Rally.Bot.Store.SecretStore>(), clock);
        var token = await offers.MakeAsync(new(town.Fan, "fan", town.Sandbox.GuildId), CancellationToken.None);
        var attempt = (await offers.BeginAsync(token, RallyOAuth.NewCodeVerifier(), CancellationToken.None))!;

        clock.Advance(LinkOffers.Lifetime);
        Assert.Null(await offers.FindAsync(token, CancellationToken.None));
        Assert.Null(await offers.BeginAsync(token, RallyOAuth.NewCodeVerifier(), CancellationToken.None));
        Assert.Null(await offers.TakeAsync(attempt.State, attempt.BrowserMark, CancellationToken.None));
    }

    [Theory]
    [InlineData("https://elsewhere.example")]
    [InlineData(null)]
    public async Task An_answer_that_is_not_from_the_network_links_nothing(string? issuer)
    {
        await using var town = await Town.BuildAsync();
        var result = await town.Inside<CompleteLink>().ExecuteAsync(new("state", "mark", "code", null, issuer), CancellationToken.None);
        Assert.Contains("another server", Assert.IsType<CompleteLink.Result.NotLinked>(result).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rally_account_is_linked_to_one_discord_account_only()
    {
        await using var town = await Town.BuildAsync();
        await town.LinkAsync(town.Fan, "fan");
        var nova = town.Discord.MemberId("nova");
        var link = await DemoPerson.AskForLinkAsync(town.Discord, nova, CancellationToken.None);
        var refused = await Assert.ThrowsAsync<DemoException>(() =>
            DemoPerson.FollowAsync(link!, "nova", "fan", "demo-password-fan", signUp: false, CancellationToken.None));
        Assert.Contains("linked to another Discord account", refused.Message, StringComparison.Ordinal);
        await town.SaysAsync(nova, "coin", "balance", "no linked Rally account");
        await town.SaysAsync(town.Fan, "coin", "balance", "holds no coins");
    }

    [Theory, EachEngine]
    public async Task The_network_knows_since_when_how_and_from_which_server_a_member_is_linked_until_they_leave(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine);
        await town.LinkAsync(town.Fan, "fan");
        var rallyId = (await town.Inside<Links>().FindAsync(town.Fan, CancellationToken.None))!.RallyId;
        var network = town.Inside<RallyClient>();

        var read = Assert.IsType<LinksAnswer.Read>(await network.ReadLinksAsync(rallyId, CancellationToken.None));
        var link = Assert.Single(read.Links);
        Assert.Equal(("discord", 0L, "vouched", $"{town.Sandbox.GuildId}"), (link.Provider, link.AgeDays, link.How, link.Guild));

        await town.SaysAsync(town.Fan, "coin", "leave", "no longer linked");
        Assert.IsType<LinksAnswer.NotAllowed>(await network.ReadLinksAsync(rallyId, CancellationToken.None));
        // So that they may link another Rally account of theirs.
        var again = await DemoPerson.AskForLinkAsync(town.Discord, town.Fan, CancellationToken.None);
        await DemoPerson.FollowAsync(again!, "fan", "nova", "demo-password-nova", signUp: false, CancellationToken.None);
    }

    [Theory, EachEngine]
    public async Task Fans_tokens_are_not_in_the_store_in_plain_text_and_no_secret_is_in_a_log(Engine engine)
    {
        await using var town = await Town.WithGoldTierAsync(engine);
        await town.LinkAsync(town.Fan, "fan");
        var token = await town.Inside<FanTokens>().GetAsync(town.Fan, CancellationToken.None);
        var refresh = await town.Inside<FanTokens>().RefreshTokenAsync(town.Fan, CancellationToken.None);
        var kept = await town.Inside<Links>().ReadTokensAsync(town.Fan, CancellationToken.None);
        var text = System.Text.Encoding.Latin1.GetString(kept!);
        Assert.DoesNotContain(token!, text, StringComparison.Ordinal);

        string[] secrets =
        [
            token!, refresh!, "demo-password-fan", town.Sandbox.BotToken,
            town.Inside<WebhookSubscription>().Secret!, (await town.Inside<Installation>().GetAsync()).ClientSecret,
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(town.Logs.Lines, line => line.Text.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Leaving_takes_the_role_back_and_the_link_can_be_made_again()
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.LinkAsync(town.Fan, "fan");
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        await town.SaysAsync(town.Fan, "coin", "leave", "no longer linked");
        await town.RoleBecomesAsync(town.Fan, false);
        await town.LinkAsync(town.Fan, "fan");
        await town.RoleBecomesAsync(town.Fan, true);
    }

    [Fact]
    public async Task Access_withdrawn_on_the_account_page_counts_as_unlinked_until_it_is_given_again()
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.LinkAsync(town.Fan, "fan");
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);

        using var browser = new DemoBrowser();
        await browser.OpenAsync(new Uri(town.Address, "sign-in?returnUrl=/account"), CancellationToken.None);
        await browser.PressAsync("Sign in", new Dictionary<string, string> { ["username"] = "fan", ["password"] = "demo-password-fan" }, CancellationToken.None);
        await browser.PressAsync("Revoke", Nothing, CancellationToken.None);
        await town.SaysAsync(town.Fan, "coin", "send", "does not let the bot send for you", ("member", $"{town.Creator}"), ("amount", "1"));
        await town.RoleBecomesAsync(town.Fan, false);
        await town.LinkAsync(town.Fan, "fan");
        await town.RoleBecomesAsync(town.Fan, true);
    }

    [Theory, EachEngine]
    public async Task Of_a_fan_whose_account_is_gone_the_bot_takes_the_roles_and_forgets_the_rest(Engine engine)
    {
        await using var town = await Town.WithGoldTierAsync(
            engine, settings: [("Network:LookAtLinksEvery", "00:00:01"), ("Network:ForgetAfter", "00:00:00")]);
        await town.LinkAsync(town.Fan, "fan");
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        await town.SettledAsync();
        Assert.NotEqual(0, await TracesAsync(town, town.Fan));

        using var browser = new DemoBrowser();
        await browser.OpenAsync(new Uri(town.Address, "sign-in?returnUrl=/account/delete"), CancellationToken.None);
        await browser.PressAsync("Sign in", new Dictionary<string, string> { ["username"] = "fan", ["password"] = "demo-password-fan" }, CancellationToken.None);
        await browser.PressAsync("Delete my account", new Dictionary<string, string> { ["username"] = "fan", ["password"] = "demo-password-fan" }, CancellationToken.None);
        Assert.Contains("is gone", browser.Text, StringComparison.Ordinal);

        await town.RoleBecomesAsync(town.Fan, false);
        await Eventually.TrueAsync(async () => await TracesAsync(town, town.Fan) == 0, "the fan is forgotten");
        Assert.NotEqual(0, await TracesAsync(town, town.Creator));
        await town.SaysAsync(town.Creator, "coin", "balance", "PTM");
    }

    [Fact]
    public async Task Of_a_fan_who_withdrew_access_moderators_may_ask_why_until_some_days_have_passed()
    {
        await using var town = await Town.WithGoldTierAsync();
        await town.LinkAsync(town.Fan, "fan");
        await town.SendAsync(town.Creator, town.Fan, "60");
        await town.RoleBecomesAsync(town.Fan, true);
        using var browser = new DemoBrowser();
        await browser.OpenAsync(new Uri(town.Address, "sign-in?returnUrl=/account"), CancellationToken.None);
        await browser.PressAsync("Sign in", new Dictionary<string, string> { ["username"] = "fan", ["password"] = "demo-password-fan" }, CancellationToken.None);
        await browser.PressAsync("Revoke", Nothing, CancellationToken.None);

        // Nothing else makes the bot look.
        await town.Inside<LookAtLinks>().RunOnceAsync(CancellationToken.None);
        await town.RoleBecomesAsync(town.Fan, false);
        await town.SettledAsync();
        var (kept, forgotten) = (await TracesAsync(town, town.Fan), town.Inside<ForgottenFans>());
        var now = TimeProvider.System.GetUtcNow();
        Assert.Equal(0, await forgotten.ForgetAsync(now - TimeSpan.FromDays(7), CancellationToken.None));
        Assert.Equal(kept, await TracesAsync(town, town.Fan));

        // As long as the fan is still to be looked at, all stays; then it goes.
        var later = now + TimeSpan.FromMinutes(1);
        await ExecuteAsync(town, "INSERT INTO bot_dirty (guild_id, user_id, because, version, attempts, not_before) VALUES (1, @id, '', 1, 0, 9999999999999)", town.Fan);
        Assert.Equal(0, await forgotten.ForgetAsync(later, CancellationToken.None));
        await ExecuteAsync(town, "DELETE FROM bot_dirty WHERE user_id = @id", town.Fan);
        Assert.Equal(1, await forgotten.ForgetAsync(later, CancellationToken.None));
        Assert.Equal(0, await TracesAsync(town, town.Fan));
    }

    private static Task<int> ExecuteAsync(Town town, string sql, ulong member) =>
        town.Inside<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, new { id = (long)member }, transaction));

    private static Task<long> TracesAsync(Town town, ulong member) =>
        town.Inside<Database>().ReadAsync(connection => connection.ExecuteScalarAsync<long>("""
            SELECT (SELECT COUNT(*) FROM bot_link WHERE discord_user_id = @id) + (SELECT COUNT(*) FROM bot_link_offer WHERE discord_user_id = @id)
              + (SELECT COUNT(*) FROM bot_decision WHERE user_id = @id) + (SELECT COUNT(*) FROM bot_dirty WHERE user_id = @id)
            """, new { id = (long)member }));

    [Theory, EachEngine]
    public async Task Tokens_are_refreshed_when_they_end_also_by_many_commands_at_once(Engine engine)
    {
        // Less than the minute before the end in which the bot renews: every use refreshes.
        await using var town = await Town.WithGoldTierAsync(engine, settings: [("Auth:AccessTokenLifetime", "00:00:30")]);
        await town.LinkAsync(town.Fan, "fan");
        var first = await town.Inside<FanTokens>().RefreshTokenAsync(town.Creator, CancellationToken.None);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => town.SendAsync(town.Creator, town.Fan, "10")));
        Assert.NotEqual(first, await town.Inside<FanTokens>().RefreshTokenAsync(town.Creator, CancellationToken.None));
        await town.SaysAsync(town.Fan, "coin", "balance", "80 PTM");
        await town.RoleBecomesAsync(town.Fan, true);
    }
}
