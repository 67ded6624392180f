using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Accounts;
using Rally.Auth.Apps;
using Rally.Bot.Demo;
using Rally.Bot.Hosting;
using Rally.Bot.Network;
using Rally.Ledger.Amounts;
using Rally.Ledger.Coins;
using Rally.Storage;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>Apps of the former Rally ask for transfers, and people agree to them on a page.</summary>
public sealed class FormerTransferTests
{
    [Theory, EachEngine]
    public async Task A_transfer_waits_for_its_sender_is_sent_once_and_the_app_is_told(Engine engine)
    {
        await using var site = await Site.StartAsync(engine);
        var asked = await site.InitiateAsync(new { fromRnbUserId = $"{site.Alice:N}", toRnbUserId = $"{site.Bob}", coinKind = "fix", amount = 2.5, inputType = "COINS", note = "for <you>", showNote = true, referenceData = "order 7" });
        var id = (string)asked.Body["transactionId"]!;
        Assert.Equal((HttpStatusCode.OK, "pending"), (asked.Status, await site.StatusOfAsync(id)));

        await site.Page.OpenAsync(new Uri(site.Address, "account/transfers"), default);
        await site.Page.FollowAsync("2.5 FIX", default);
        Assert.Equal((string)asked.Body["approvalUrl"]!, site.Page.Address.ToString());
        foreach (var words in new[] { "Former by The tests", "2.5 FIX", "bob", $"{site.Bob}", "None", "for <you>" })
            Assert.Contains(words, site.Page.Text, StringComparison.Ordinal);
        await site.Page.PressAsync("Send", Nothing, default);

        Assert.Contains("Sent", site.Page.Text, StringComparison.Ordinal);
        Assert.Equal("approved", await site.StatusOfAsync(id));
        Assert.Equal(["FIX 97.5"], await site.HoldsAsync());
        // As after a crash between the ledger's answer and the note of it.
        await site.SetStateAsync(id, "sending");
        Assert.Equal("pending", await site.StatusOfAsync(id));
        site.Clock.Advance(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(async () => await site.StatusOfAsync(id) == "approved", "the transfer is found posted");
        Assert.Equal(["FIX 97.5"], await site.HoldsAsync());
    }

    [Theory, EachEngine]
    public async Task What_was_agreed_to_is_sent_after_a_crash_before_the_ledger_was_asked(Engine engine)
    {
        await using var site = await Site.StartAsync(engine);
        var id = (string)(await site.InitiateAsync(site.Small())).Body["transactionId"]!;
        await site.SetStateAsync(id, "sending");

        site.Clock.Advance(TimeSpan.FromMinutes(2));

        await Eventually.TrueAsync(async () => await site.StatusOfAsync(id) == "approved", "the transfer is sent");
        Assert.Equal(["FIX 99"], await site.HoldsAsync());
    }

    [Theory, EachEngine]
    public async Task Who_refuses_or_is_late_keeps_their_coins(Engine engine)
    {
        await using var site = await Site.StartAsync(engine);
        var (refused, late) = (await site.InitiateAsync(site.Small()), await site.InitiateAsync(site.Small()));
        await site.Page.OpenAsync(new Uri((string)refused.Body["approvalUrl"]!), default);
        await site.Page.PressAsync("Refuse", Nothing, default);
        Assert.Equal("refused", await site.StatusOfAsync((string)refused.Body["transactionId"]!));

        await site.Page.OpenAsync(new Uri((string)late.Body["approvalUrl"]!), default);
        site.Clock.Jump(TimeSpan.FromMinutes(60));
        await site.RegisterAsync();
        Assert.Equal("expired", await site.StatusOfAsync((string)late.Body["transactionId"]!));
        await site.Page.PressAsync("Send", Nothing, default);

        Assert.Contains("Too late", site.Page.Text, StringComparison.Ordinal);
        Assert.Equal("expired", await site.StatusOfAsync((string)late.Body["transactionId"]!));
        Assert.Equal(["FIX 100"], await site.HoldsAsync());
    }

    [Theory, EachEngine]
    public async Task What_the_ledger_refuses_waits_on(Engine engine)
    {
        await using var site = await Site.StartAsync(engine);
        var asked = await site.InitiateAsync(new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = "100.000001" });
        await site.Page.OpenAsync(new Uri((string)asked.Body["approvalUrl"]!), default);

        await site.Page.PressAsync("Send", Nothing, default);

        Assert.Contains("The sender has 100 FIX.", site.Page.Text, StringComparison.Ordinal);
        Assert.Equal("pending", await site.StatusOfAsync((string)asked.Body["transactionId"]!));
    }

    [Fact]
    public async Task Dollars_are_counted_in_coins_rounded_down_and_a_donation_goes_to_the_creator()
    {
        await using var site = await Site.StartAsync(Engine.Sqlite);
        await site.Get<IssueRly>().ExecuteAsync(site.Alice, Amount.Coins(50), "", default);

        var dollars = await site.InitiateAsync(new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "RLY", amount = 1, inputType = "USD" });
        var donation = await site.InitiateAsync(new { fromRnbUserId = site.Alice, coinKind = "GIFT", amount = 1 });

        // One dollar at 0.03 for one RLY.
        Assert.Equal("33.333333", (string?)(await site.SendAsync(HttpMethod.Get, $"/v1/transactions/{dollars.Body["transactionId"]}/status", null)).Body["amount"]);
        Assert.Equal($"{site.Bob}", (string?)(await site.SendAsync(HttpMethod.Get, $"/v1/transactions/{donation.Body["transactionId"]}/status", null)).Body["toRnbUserId"]);
        foreach (var (body, words) in new (object, string)[]
        {
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = 1, inputType = "USD" }, "no price of FIX"),
            (new { fromRnbUserId = site.Alice, coinKind = "RLY", amount = 1 }, "no creator"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Alice, coinKind = "FIX", amount = 1 }, "the same"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = 0 }, "above zero"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = "1e3" }, "plain decimal"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "NOPE", amount = 1 }, "NOPE"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = 1, note = "a\nb" }, "one line"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = "bob", coinKind = "FIX", amount = 1 }, "toRnbUserId"),
            (new { fromRnbUserId = site.Alice, toRnbUserId = site.Bob, coinKind = "FIX", amount = 1, inputType = "EUR" }, "COINS or USD"),
            (new { fromRnbUserId = site.Bob, toRnbUserId = site.Alice, coinKind = "FIX", amount = 1 }, "link the app"),
        })
        {
            var refused = await site.InitiateAsync(body);
            Assert.NotEqual(HttpStatusCode.OK, refused.Status);
            Assert.Contains(words, (string?)refused.Body["errorMessage"], StringComparison.Ordinal);
        }
    }

    [Theory, EachEngine]
    public async Task Only_so_many_wait_and_nobody_sees_anothers(Engine engine)
    {
        await using var site = await Site.StartAsync(engine);
        var first = await site.InitiateAsync(site.Small());
        for (var i = 1; i < 20; i++)
            Assert.Equal(HttpStatusCode.OK, (await site.InitiateAsync(site.Small())).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await site.InitiateAsync(site.Small())).Status);
        site.Clock.Jump(TimeSpan.FromMinutes(61));
        await site.RegisterAsync();
        Assert.Equal(HttpStatusCode.OK, (await site.InitiateAsync(site.Small())).Status);

        using var other = new DemoBrowser();
        await Site.SignInAsync(other, "bob", new Uri((string)first.Body["approvalUrl"]!));
        Assert.Contains("There is no such transfer", other.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await site.SendAsync(HttpMethod.Get, $"/v1/transactions/{Guid.NewGuid()}/status", null)).Status);
    }

    private static readonly Dictionary<string, string> Nothing = [];

    /// <summary>The host with alice, who has linked the app and holds 100 FIX, and bob.</summary>
    private sealed class Site(TestDatabase store, TemporaryFolder folder, WebApplication app, FakeClock clock) : IAsyncDisposable
    {
        private const string Secret = "former-secret-0123456789-0123456789";
        private const string Password = "correct horse battery";
        private readonly HttpClient _http = new();

        public FakeClock Clock => clock;

        public Uri Address { get; private set; } = null!;

        public Guid Alice { get; private set; }

        public Guid Bob { get; private set; }

        public DemoBrowser Page { get; } = new();

        public static async Task<Site> StartAsync(Engine engine)
        {
            var (store, folder) = (await TestDatabase.CreateAsync(engine), new TemporaryFolder());
            // Browsers drop cookies by their own clock, so the server's begins at the real time.
            var clock = new FakeClock(TimeProvider.System.GetUtcNow());
            var app = RallyHost.Build(
                new Dictionary<string, string?>
                {
                    ["Data"] = folder.Path,
                    ["Store"] = store.Setting,
                    ["Listen"] = "http://127.0.0.1:0",
                    ["Ledger:UsdPrice:Fixed"] = "0.03",
                    ["Auth:PasswordHashIterations"] = "100000",
                },
                services => services.AddSingleton<TimeProvider>(clock));
            await RallyHost.StartAsync(app, CancellationToken.None);
            var site = new Site(store, folder, app, clock);
            site.Address = (await app.Services.GetRequiredService<Installation>().GetAsync()).NetworkUrl;
            site._http.BaseAddress = site.Address;
            await site.SettleAsync();
            return site;
        }

        public T Get<T>()
            where T : notnull => app.Services.GetRequiredService<T>();

        public object Small() => new { fromRnbUserId = Alice, toRnbUserId = Bob, coinKind = "FIX", amount = 1 };

        public Task<(HttpStatusCode Status, JsonNode Body)> InitiateAsync(object body) =>
            SendAsync(HttpMethod.Post, "/v1/transactions/transfer/initiate", body);

        public async Task<string?> StatusOfAsync(string id) =>
            (string?)(await SendAsync(HttpMethod.Get, $"/v1/transactions/{id}/status", null)).Body["status"];

        public async Task<IEnumerable<string>> HoldsAsync() =>
            (await SendAsync(HttpMethod.Get, $"/v1/users/rally/{Alice}/balance", null)).Body.AsArray().Select(balance => $"{balance!["coinKind"]} {balance["coinBalance"]}");

        public async Task SetStateAsync(string id, string state) => await Get<Database>().WriteAsync(transaction => transaction.Connection!.ExecuteAsync(
            "UPDATE auth_transfer_request SET state = @state, decided_at = @now WHERE id = @id",
            new { id = Guid.Parse(id), state, now = clock.GetUtcNow() }, transaction));

        public async Task RegisterAsync()
        {
            _http.DefaultRequestHeaders.Authorization = null;
            var tokens = await SendAsync(HttpMethod.Post, "/v1/oauth/register", new { username = "former", password = Secret });
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)tokens.Body["access_token"]!);
        }

        public static async Task SignInAsync(DemoBrowser browser, string name, Uri page)
        {
            await browser.OpenAsync(page, default);
            await browser.PressAsync("Sign in", new Dictionary<string, string> { ["username"] = name, ["password"] = Password }, default);
        }

        public async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpMethod method, string path, object? body)
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            using var response = await _http.SendAsync(request);
            return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
        }

        public async ValueTask DisposeAsync()
        {
            Page.Dispose();
            _http.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
            await store.DisposeAsync();
            folder.Dispose();
        }

        private async Task SettleAsync()
        {
            var create = Get<CreateAccount>();
            Alice = ((CreateAccount.Created)await create.ExecuteAsync(new("alice", Password))).RallyId;
            Bob = ((CreateAccount.Created)await create.ExecuteAsync(new("bob", Password))).RallyId;
            await Get<LaunchCoin>().ExecuteAsync(LaunchCoin.Request.Fixed("FIX", "Fixed", Alice, Amount.Coins(100)), default);
            await Get<LaunchCoin>().ExecuteAsync(LaunchCoin.Request.Fixed("GIFT", "Gift", Bob, Amount.Coins(100)), default);
            var callback = new Uri(Address, "former-callback").ToString();
            await Get<RegisterApp>().ExecuteAsync(new(
                "former", "Former", "The tests", Secret, [callback], ["profile", "balances:read"], ["authorization_code", "client_credentials"]));
            await RegisterAsync();
            var begun = await SendAsync(HttpMethod.Post, "/v1/oauth/authorize", new { callback, state = "s" });
            await SignInAsync(Page, "alice", new Uri((string)begun.Body["url"]!));
            await Page.PressAsync("Allow", Nothing, default);
            var code = QueryHelpers.ParseQuery(Page.Address.Query)["code"].ToString();
            var linked = await SendAsync(HttpMethod.Post, "/v1/oauth/userinfo", new { code });
            Assert.Equal($"{Alice}", (string?)linked.Body["rnbUserId"]);
        }
    }
}
