using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Rally.Auth.Spending;
using Rally.Storage;
using Rally.Testing;
using Xunit;
using static Rally.Auth.Spending.SpendingLimits;

namespace Rally.Auth.Tests;

/// <summary>What an app may spend: proposed, decided, and kept to, whatever happens meanwhile.</summary>
public sealed class SpendingTests
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
    public async Task Without_a_limit_nothing_can_be_spent_and_with_one_to_the_unit(Engine engine)
    {
        await using var bench = await Bench.StartAsync(engine);
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.None, 0, 0), await bench.ReserveAsync(1));

        await bench.AllowAsync(new("PTM", 100, 250), new("*", 5, 6));
        await bench.SpendAsync(60);
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 40), await bench.ReserveAsync(41));
        await bench.SpendAsync(40);
        bench.Server.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 0), await bench.ReserveAsync(1));
        bench.Server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await bench.SpendAsync(100);
        bench.Server.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.All, 250, 50), await bench.ReserveAsync(51));

        // Each other coin by itself.
        await bench.SpendAsync(5, "AAA");
        await bench.SpendAsync(5, "BBB");
        Assert.Equal(new Verdict.OverLimit("AAA", SpendingBound.Day, 5, 0), await bench.ReserveAsync(1, "AAA"));
    }

    [Theory, EachEngine]
    public async Task Several_at_once_take_room_together_or_not_at_all(Engine engine)
    {
        await using var bench = await Bench.StartAsync(engine, new SpendingLimit("PTM", 100, 100), new SpendingLimit("AAA", 10, 10));

        Spend[] tooMuch = [bench.New(60), bench.New(5, "AAA"), bench.New(41)];
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 100), await bench.ReserveAsync(tooMuch));
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([bench.New(60), bench.New(10, "AAA"), bench.New(40)]));
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1));
        // Their sum does not fit 64 bits.
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync([bench.New(long.MaxValue), bench.New(long.MaxValue)]));
    }

    [Theory, EachEngine]
    public async Task A_refusal_gives_the_room_back_and_the_same_id_counts_once(Engine engine)
    {
        await using var bench = await Bench.StartAsync(engine, new SpendingLimit("PTM", 100, 100));
        var spend = bench.New(100);

        await bench.ReserveAsync([spend]);
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([spend]));
        await bench.Limits.RefusedAsync(bench.Account, [spend.TransferId], "too little");
        // The other of the two may still be posted.
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1));
        await bench.Limits.RefusedAsync(bench.Account, [spend.TransferId], "too little");

        // What was refused may come again, with another amount too.
        var smaller = spend with { MinorUnits = 70 };
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([smaller]));
        await bench.Limits.PostedAsync(bench.Account, [smaller]);
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([smaller]));
        Assert.Equal(new Verdict.IdTaken(spend.TransferId), await bench.ReserveAsync([spend]));
        Assert.Equal(new Verdict.IdTaken(spend.TransferId), await bench.Limits.ReserveAsync(bench.Account, "other", [smaller]));
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 30), await bench.ReserveAsync(31));
        await bench.SpendAsync(30);
    }

    [Theory, EachEngine]
    public async Task What_left_in_truth_is_what_counts(Engine engine)
    {
        await using var bench = await Bench.StartAsync(engine, new SpendingLimit("PTM", 100, 100));
        var trade = bench.New(90);
        await bench.ReserveAsync([trade]);
        await bench.Limits.PostedAsync(bench.Account, [trade with { MinorUnits = 20 }]);

        await bench.SpendAsync(80);
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1));
    }

    [Theory, EachEngine]
    public async Task A_crash_loses_no_room_for_ever_and_lets_nothing_more_be_spent(Engine engine)
    {
        await using var bench = await Bench.StartAsync(engine, new SpendingLimit("PTM", 100, 1_000));
        var (lost, made) = (bench.New(50), bench.New(50));
        await bench.ReserveAsync([lost]);
        await bench.ReserveAsync([made]);
        bench.Ledger.Entries[made.TransferId] = new(50, IsPending: false);

        bench.Server.Clock.Advance(SettleSpending.Lease - TimeSpan.FromSeconds(1));
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1));
        bench.Server.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 50), await bench.ReserveAsync(51));
        await bench.SpendAsync(20);

        // The lost one comes late after all: it is counted, and may be repeated.
        await bench.Limits.PostedAsync(bench.Account, [lost]);
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([lost]));
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 0), await bench.ReserveAsync(1));
    }

    [Theory, EachEngine]
    public async Task Held_coins_count_at_once_and_come_back_when_nobody_takes_them(Engine engine)
    {
        await using var bench = await Bench.StartAsync(engine, new SpendingLimit("PTM", 100, 100));
        var (declined, inPart) = (bench.New(60), bench.New(40));
        foreach (var pending in new[] { declined, inPart })
        {
            await bench.ReserveAsync([pending]);
            await bench.Limits.PostedAsync(bench.Account, [pending], isPending: true);
            bench.Ledger.Entries[pending.TransferId] = new(pending.MinorUnits, IsPending: true);
        }

        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(1));
        bench.Ledger.Entries[declined.TransferId] = new(0, IsPending: false);
        bench.Ledger.Entries[inPart.TransferId] = new(10, IsPending: false);
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 90), await bench.ReserveAsync(91));
        // The same again is the first answer again, and takes nothing.
        Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync([declined]));
        await bench.Limits.PostedAsync(bench.Account, [declined], isPending: true);
        await bench.SpendAsync(90);
    }

    [Theory, EachEngine]
    public async Task Of_two_at_once_that_do_not_both_fit_one_passes(Engine engine)
    {
        await using var bench = await Bench.StartAsync(engine, new SpendingLimit("PTM", 100, 1_000_000));
        for (var round = 0; round < 4; round++)
        {
            var verdicts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => bench.ReserveAsync(60))));
            Assert.Single(verdicts.OfType<Verdict.Reserved>());
            bench.Server.Clock.Advance(TimeSpan.FromHours(24));
        }
    }

    /// <summary>Many callers at once, each doing what befalls requests: posted, refused, repeated, lost before or after the ledger.</summary>
    [Theory, EachEngine]
    public async Task No_interleaving_spends_more_than_a_limit(Engine engine)
    {
        const long perDay = 500, inAll = 1_500;
        await using var bench = await Bench.StartAsync(engine, new SpendingLimit("PTM", perDay, inAll));
        var known = new List<Spend>();
        for (var day = 0; day < 4; day++)
        {
            var before = bench.Ledger.Total;
            await Task.WhenAll(Enumerable.Range(0, 6).Select(caller => Task.Run(async () =>
            {
                var random = new Random((day * 100) + caller);
                for (var step = 0; step < 10; step++)
                {
                    Spend spend;
                    lock (known)
                    {
                        spend = known.Count > 0 && random.Next(3) == 0 ? known[random.Next(known.Count)] : bench.New(random.Next(1, 120));
                        known.Add(spend);
                    }

                    if (await bench.ReserveAsync([spend]) is not Verdict.Reserved)
                        continue;
                    var fate = random.Next(10);
                    if (fate == 0)
                        continue; // Lost before the ledger.
                    var isPosted = bench.Ledger.Post(spend, refuse: fate < 4);
                    if (fate == 9)
                        continue; // Lost after it.
                    if (isPosted)
                        await bench.Limits.PostedAsync(bench.Account, [spend]);
                    else
                        await bench.Limits.RefusedAsync(bench.Account, [spend.TransferId], "no");
                }
            })));
            Assert.InRange(bench.Ledger.Total - before, 1, perDay);
            Assert.InRange(bench.Ledger.Total, 1, inAll);
            // Lost ones are settled, so that the next day's room is whole.
            bench.Server.Clock.Advance(TimeSpan.FromHours(24));
            await bench.Server.Get<SettleSpending>().RunAsync(null, null, default);
            if (bench.Ledger.Total >= inAll - 1)
                break;
        }

        // All that is left can be spent, and not a unit more.
        var left = inAll - bench.Ledger.Total;
        Assert.IsType<Verdict.OverLimit>(await bench.ReserveAsync(Math.Min(left, perDay) + 1));
        if (left > 0)
            Assert.IsType<Verdict.Reserved>(await bench.ReserveAsync(Math.Min(left, perDay)));
    }

    [Theory, EachEngine]
    public async Task A_person_sees_every_spend_and_changes_limits(Engine engine)
    {
        await using var bench = await Bench.StartAsync(engine, new SpendingLimit("PTM", 50_000_000, 100_000_000));
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
    }

    [Theory, EachEngine]
    public async Task Limits_end_with_the_consent_and_uses_stay(Engine engine)
    {
        await using var bench = await Bench.StartAsync(engine, new SpendingLimit("PTM", 100, 100));
        await bench.SpendAsync(60);

        await bench.Server.Get<Apps.Consents>().RevokeAsync(bench.Account, "bot", default);
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.None, 0, 0), await bench.ReserveAsync(1));
        bench.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.AllowAsync(new SpendingLimit("PTM", 100, 100));
        // A new consent counts in all anew, and never the day.
        Assert.Equal(new Verdict.OverLimit("PTM", SpendingBound.Day, 100, 40), await bench.ReserveAsync(41));
    }

    private static (string, string?)[] Asking(string details) => [("scope", "profile transfers:send"), ("authorization_details", details)];

    /// <summary>An account with an app on it, and a ledger that tests write.</summary>
    private sealed class Bench(AuthServer server, Guid account, Log ledger) : IAsyncDisposable
    {
        public AuthServer Server => server;

        public Guid Account => account;

        public Log Ledger => ledger;

        public SpendingLimits Limits { get; } = server.Get<SpendingLimits>();

        public static async Task<Bench> StartAsync(Engine engine, params SpendingLimit[] limits)
        {
            var ledger = new Log();
            var server = await AuthServer.StartAsync(engine, services: services => services.AddSingleton<ISpendingOutcomes>(ledger));
            var bench = new Bench(server, await server.CreateAccountAsync(), ledger);
            await bench.AllowAsync(limits);
            return bench;
        }

        public Task AllowAsync(params SpendingLimit[] limits) => Server.Store.WriteAsync(async transaction =>
        {
            await Server.Get<Apps.Consents>().AddAsync(transaction, Account, "bot", ["transfers:send"], default);
            await Server.Get<LimitStore>().SetAsync(transaction, Account, "bot", limits);
        });

        public Spend New(long minorUnits, string coin = "PTM") => new(Guid.CreateVersion7(Server.Clock.GetUtcNow()), coin, minorUnits, Guid.Empty);

        public Task<Verdict> ReserveAsync(long minorUnits, string coin = "PTM") => ReserveAsync([New(minorUnits, coin)]);

        public Task<Verdict> ReserveAsync(IReadOnlyList<Spend> spends) => Limits.ReserveAsync(Account, "bot", spends);

        public async Task SpendAsync(long minorUnits, string coin = "PTM")
        {
            var spend = New(minorUnits, coin);
            Assert.IsType<Verdict.Reserved>(await ReserveAsync([spend]));
            Assert.True(Ledger.Post(spend, refuse: false));
            await Limits.PostedAsync(Account, [spend]);
        }

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    /// <summary>Stands for the ledger: an id is posted once, and the same again is the first answer again.</summary>
    private sealed class Log : ISpendingOutcomes
    {
        public System.Collections.Concurrent.ConcurrentDictionary<Guid, SpendingOutcome> Entries { get; } = new();

        public long Total => Entries.Values.Sum(entry => entry.MinorUnits);

        public bool Post(Spend spend, bool refuse)
        {
            if (!refuse)
                Entries.TryAdd(spend.TransferId, new(spend.MinorUnits, IsPending: false));
            return Entries.ContainsKey(spend.TransferId);
        }

        public Task<SpendingOutcome?> FindAsync(Guid account, Guid transferId, CancellationToken stop) =>
            Task.FromResult(Entries.GetValueOrDefault(transferId));
    }
}
