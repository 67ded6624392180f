using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Auth.Tests;
using Rally.Bot.Demo;
using Rally.Bot.Linking;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;
using Rally.Webhooks.Subscriptions;

namespace Rally.Acceptance.Tests;

public sealed class SubscriptionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private const string App = "listener";
    private const string Secret = "a-secret-that-is-long-enough-for-anybody-0123456789";

    [Theory, EachEngine]
    public async Task Webhooks_know_of_each_app_whether_it_may_use_the_network_and_whether_it_is_still_there(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine);
        await town.LinkAsync(town.Fan, "fan");
        var owner = (await town.Inside<Links>().FindAsync(town.Fan, CancellationToken.None))!.RallyId;
        Assert.Equal(SubscriberState.Gone, await StateAsync(town, App));
        Assert.IsType<RegisterApp.Registered>(await town.Inside<RegisterApp>().ExecuteAsync(new(
            App, "Listener", "Somebody", Secret, [], ["webhooks:manage"], ["client_credentials"])));
        Assert.Equal(SubscriberState.Active, await StateAsync(town, App));
        await ChangeAsync(town, "UPDATE auth_client SET state = 'suspended', account_id = @owner WHERE id = @App", owner);
        Assert.Equal(SubscriberState.Suspended, await StateAsync(town, App));

        // With its owner's account goes the app; the bot's own stays.
        await LeaveAsync(town);
        Assert.Equal(SubscriberState.Gone, await StateAsync(town, App));
        Assert.Equal(SubscriberState.Active, await StateAsync(town, "rally-bot"));
    }

    [Theory, EachEngine]
    public async Task A_stream_of_events_ends_with_the_token_that_opened_it(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine, settings: ("Auth:AccessTokenLifetime", "00:00:05"));
        using var http = await ListenerAsync(town);
        using var stream = await OpenAsync(http);

        // It is at its end only when the server ends it.
        Assert.Contains("event: transfer.posted", await stream.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () =>
        {
            using var again = await http.GetAsync(new Uri("api/events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            return again.StatusCode == HttpStatusCode.Unauthorized;
        }, "the token opens no other");
    }

    [Theory, EachEngine]
    public async Task A_stream_of_events_ends_when_its_token_is_revoked_or_its_app_suspended_or_deleted_with_the_owners_account(Engine engine)
    {
        await using var town = await Town.BuildAsync(engine);
        await town.LinkAsync(town.Fan, "fan");
        var owner = (await town.Inside<Links>().FindAsync(town.Fan, CancellationToken.None))!.RallyId;
        string[] apps = ["revoked", "suspended", "ownerless", "bystander"];
        var programs = await Task.WhenAll(apps.Select(app => ListenerAsync(town, app)));
        await ChangeAsync(town, "UPDATE auth_client SET account_id = @owner WHERE id = 'ownerless'", owner);
        var streams = await Task.WhenAll(programs.Select(OpenAsync));

        using var answer = await PostAsync(town, "oauth2/revoke", apps[0], ("token", programs[0].DefaultRequestHeaders.Authorization!.Parameter!));
        await ChangeAsync(town, "UPDATE auth_client SET state = 'suspended' WHERE id = 'suspended'", owner);
        await LeaveAsync(town);

        // They are at their ends only when the server ends them.
        await Task.WhenAll(streams[..3].Select(stream => stream.Content.ReadAsStringAsync())).WaitAsync(Patience);
        using var goesOn = new StreamReader(await streams[3].Content.ReadAsStreamAsync());
        Assert.IsType<SuspendCoin.Result.Changed>(await town.Inside<SuspendCoin>().ExecuteAsync("PTM", suspended: true, CancellationToken.None));
        while (await goesOn.ReadLineAsync(CancellationToken.None).AsTask().WaitAsync(Patience) is var line && line != "event: coin.status")
            Assert.NotNull(line);
        foreach (var disposable in programs.Concat<IDisposable>(streams))
            disposable.Dispose();
    }

    [Theory, EachEngine]
    public async Task The_owner_of_an_app_is_told_by_mail_that_its_endpoint_is_disabled_once_and_after_a_restart_too(Engine engine)
    {
        await using var mail = new SmtpServer();
        await using var town = await Town.BuildAsync(engine, settings:
        [
            ("Auth:Mail:Host", "127.0.0.1"), ("Auth:Mail:Port", $"{mail.Port}"), ("Auth:Mail:StartTls", "false"), ("Auth:Mail:From", "rally@rally.example"),
            ("PublicUrl", "https://rally.example"),
        ]);
        Assert.IsType<RegisterApp.Registered>(await town.Inside<RegisterApp>().ExecuteAsync(new(
            App, "Listener", "Somebody", Secret, [], ["webhooks:manage"], ["client_credentials"])));
        var owner = Assert.IsType<CreateAccount.UsernameTaken>(await town.Inside<CreateAccount>().ExecuteAsync(new("fan", "long-enough-password"))).RallyId;
        await ChangeAsync(town, """
            UPDATE auth_client SET account_id = @owner WHERE id = @App;
            UPDATE auth_account SET email = 'fan@mail.example' WHERE id = @owner;
            INSERT INTO webhook_endpoint (id, client_id, url, events, created_at, revision, position, attempts, disabled_at, disabled_reason)
            VALUES (@owner, @App, 'https://club.example/hook', 'transfer.posted', 1, 1, 0, 0, 7, 'It answered 410 Gone.')
            """, owner);

        // As if the process had been stopped between the two.
        for (var i = 0; i < 2; i++)
        {
            await town.StopBotAsync();
            await town.StartBotAsync();
            await Eventually.TrueAsync(() => mail.Mails.Count > 0, "a letter");
        }

        var letter = Assert.Single(mail.Mails);
        Assert.Equal("fan@mail.example", letter.To);
        Assert.Contains("Subject: A webhook endpoint of your app is disabled", letter.Text, StringComparison.Ordinal);
        Assert.Contains("About your app Listener.", letter.Text, StringComparison.Ordinal);
        Assert.Contains($"https://rally.example/developer/app/webhooks/endpoint?client_id={App}&id={owner}", letter.Text, StringComparison.Ordinal);
    }

    /// <summary>Somebody's program with a token of its own.</summary>
    private static async Task<HttpClient> ListenerAsync(Town town, string app = App)
    {
        Assert.IsType<RegisterApp.Registered>(await town.Inside<RegisterApp>().ExecuteAsync(new(
            app, "Listener", "Somebody", Secret, [], ["webhooks:manage"], ["client_credentials"])));
        var http = new HttpClient { BaseAddress = town.Address };
        using var tokens = await PostAsync(town, "oauth2/token", app, ("grant_type", "client_credentials"));
        http.DefaultRequestHeaders.Authorization = new("Bearer", (string?)(await tokens.Content.ReadFromJsonAsync<JsonNode>())!["access_token"]);
        return http;
    }

    private static async Task<HttpResponseMessage> PostAsync(Town town, string path, string app, (string Name, string Value) field)
    {
        using var http = new HttpClient { BaseAddress = town.Address };
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["client_id"] = app, ["client_secret"] = Secret, [field.Name] = field.Value });
        var answer = await http.PostAsync(new Uri(path, UriKind.Relative), form);
        return answer.EnsureSuccessStatusCode();
    }

    private static async Task<HttpResponseMessage> OpenAsync(HttpClient http)
    {
        var stream = await http.GetAsync(new Uri("api/events?after=0", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        return stream.EnsureSuccessStatusCode();
    }

    private static async Task LeaveAsync(Town town)
    {
        using var browser = new DemoBrowser();
        var person = new Dictionary<string, string> { ["username"] = "fan", ["password"] = "demo-password-fan" };
        await browser.OpenAsync(new Uri(town.Address, "sign-in?returnUrl=/account/delete"), CancellationToken.None);
        await browser.PressAsync("Sign in", person, CancellationToken.None);
        await browser.PressAsync("Delete my account", person, CancellationToken.None);
    }

    private static async Task<SubscriberState> StateAsync(Town town, string client) =>
        (await town.Inside<ISubscribers>().FindAsync([client, "nobody's"], CancellationToken.None))[client];

    private static Task<int> ChangeAsync(Town town, string sql, Guid owner) =>
        town.Inside<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(sql, new { owner, App }, transaction));
}
