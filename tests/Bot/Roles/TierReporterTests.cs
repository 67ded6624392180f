using Dapper;
using Microsoft.AspNetCore.Http;
using Rally.Bot.Hosting;
using Rally.Bot.Roles;
using Rally.Bot.Tests.Network;
using Rally.Ledger.Amounts;
using Rally.Storage;
using Rally.Storage.Migrations;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.Roles;

/// <summary>What is decided of roles reaches the network once it can, in order, and whatever it answers.</summary>
public sealed class TierReporterTests : IAsyncLifetime
{
    private const ulong Guild = 900;
    private const ulong Fan = 5;
    private const ulong Gold = 77;
    private const ulong Silver = 78;

    private static readonly Guid First = Guid.Parse("0193a8a0-0000-7000-8000-000000000001");
    private static readonly Guid Second = Guid.Parse("0193a8a0-0000-7000-8000-000000000002");

    private readonly FakeClock _clock = new();
    private readonly CapturedLogs _log = new();
    private StubNetwork _network = null!;

    public async Task InitializeAsync() => _network = await StubNetwork.StartAsync(_clock);

    public async Task DisposeAsync() => await _network.DisposeAsync();

    [Theory, EachEngine]
    public async Task Given_and_taken_roles_are_told_in_order_and_refusals_are_not(Engine engine)
    {
        await using var bot = await StartAsync(engine);
        await KeepAsync(bot.Database, Outcome.Granted, Gold);
        await KeepAsync(bot.Database, Outcome.Refused, Silver);
        await KeepAsync(bot.Database, Outcome.Removed, Gold);

        await TellAsync(bot);

        Assert.Equal([("gained", "77"), ("lost", "77")], _network.Reports.Select(one => (one.Change, one.Role)));
        var report = _network.Reports[0].Body;
        Assert.Equal(
            (First, "PTM", "discord", "900"),
            (report.GetProperty("account").GetGuid(), report.GetProperty("coin").GetString(), report.GetProperty("platform").GetString(), report.GetProperty("place").GetString()));
        var kept = await bot.Database.ReadAsync(connection => connection.QueryAsync<Guid>("SELECT id FROM bot_decision WHERE outcome <> 'Refused' ORDER BY id"));
        Assert.Equal(kept, _network.Reports.Select(one => one.Body.GetProperty("id").GetGuid()));
    }

    [Theory, EachEngine]
    public async Task A_clock_that_is_set_back_changes_no_order(Engine engine)
    {
        await using var bot = await StartAsync(engine);
        await KeepAsync(bot.Database, Outcome.Granted, Gold);
        _clock.Jump(TimeSpan.FromMinutes(-10));
        await KeepAsync(bot.Database, Outcome.Removed, Gold);

        await TellAsync(bot);

        Assert.Equal(["gained", "lost"], _network.Reports.Select(one => one.Change));
    }

    [Theory, EachEngine]
    public async Task A_role_is_lost_by_the_account_that_gained_it_linked_or_not(Engine engine)
    {
        await using var bot = await StartAsync(engine);
        await KeepAsync(bot.Database, Outcome.Granted, Gold);
        await KeepAsync(bot.Database, Outcome.Granted, Silver);
        await LinkAsync(bot.Database, null);
        await KeepAsync(bot.Database, Outcome.Removed, Gold);
        await LinkAsync(bot.Database, Second);
        await KeepAsync(bot.Database, Outcome.Removed, Silver);
        // Somebody else gave it meanwhile: it is the present account's to lose.
        await KeepAsync(bot.Database, Outcome.Removed, Silver);

        await TellAsync(bot);

        Assert.Equal([First, First, First, First, Second], _network.Reports.Select(one => one.Body.GetProperty("account").GetGuid()));
    }

    [Theory, EachEngine]
    public async Task While_the_network_fails_all_waits_and_nothing_overtakes(Engine engine)
    {
        await using var bot = await StartAsync(engine);
        _network.Answer = (context, number) => number <= 9 ? StubNetwork.RefuseAsync(context, 503, "down") : _network.AcceptAsync(context);
        await KeepAsync(bot.Database, Outcome.Granted, Gold);
        await KeepAsync(bot.Database, Outcome.Removed, Gold);

        await TellAsync(bot);

        Assert.Equal(Enumerable.Repeat(new[] { "gained", "lost" }, 10).SelectMany(both => both), _network.Reports.Select(one => one.Change));
        Assert.Equal(2, _network.Reports.Select(one => one.Body.GetRawText()).Distinct().Count());
        Assert.Single(_log.Lines, line => line.Text.Contains("cannot be told of changed roles", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => _log.All.Contains("is told of changed roles again", StringComparison.Ordinal), "the end is logged");
    }

    [Theory]
    [InlineData(429, "180", 180)]
    [InlineData(503, "180", 180)]
    [InlineData(503, "90000", 3600)]
    public async Task A_network_that_asks_to_be_left_alone_is(int status, string retryAfter, int seconds)
    {
        await using var bot = await StartAsync(Engine.Sqlite);
        _network.Answer = (context, number) => number == 1
            ? StubNetwork.RefuseAsync(context, status, "later", retryAfter) : _network.AcceptAsync(context);
        await KeepAsync(bot.Database, Outcome.Granted, Gold);

        await TellAsync(bot, TimeSpan.FromSeconds(seconds / 4));

        Assert.Equal(2, _network.Reports.Count);
        Assert.True(_network.Reports[1].At - _network.Reports[0].At >= TimeSpan.FromSeconds(seconds));
    }

    [Theory, EachEngine]
    public async Task What_the_network_will_never_take_is_dropped_with_its_reason_and_the_others_are_told(Engine engine)
    {
        await using var bot = await StartAsync(engine);
        _network.Refusals["77"] = "No account has the Rally id";
        await KeepAsync(bot.Database, Outcome.Granted, Gold);
        await KeepAsync(bot.Database, Outcome.Granted, Silver);

        await TellAsync(bot);

        Assert.Equal(["77", "78"], _network.Reports.Select(one => one.Role));
        Assert.Contains($"{First} gained role 77 in 900 by PTM: No account has the Rally id", _log.All, StringComparison.Ordinal);
        Assert.DoesNotContain("role 78", _log.All, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task What_waits_is_told_together_a_hundred_at_a_time(Engine engine)
    {
        await using var bot = await StartAsync(engine);
        for (var i = 0; i < 205; i++)
            await KeepAsync(bot.Database, i % 2 == 0 ? Outcome.Granted : Outcome.Removed, Gold);

        await TellAsync(bot);

        Assert.Equal([100, 100, 5], _network.Reports.GroupBy(one => one.Request).Select(request => request.Count()));
        Assert.Equal(205, _network.Reports.Select(one => one.Body.GetRawText()).Distinct().Count());
        Assert.All(_network.Reports.Index(), one => Assert.Equal(one.Index % 2 == 0 ? "gained" : "lost", one.Item.Change));
    }

    [Fact]
    public async Task Reports_that_are_not_answered_each_wait()
    {
        await using var bot = await StartAsync(Engine.Sqlite);
        _network.Answer = (context, number) => number == 1 ? context.Response.WriteAsJsonAsync(new { results = Array.Empty<object>() }) : _network.AcceptAsync(context);
        await KeepAsync(bot.Database, Outcome.Granted, Gold);

        await TellAsync(bot);

        Assert.Equal(2, _network.Reports.Count);
        Assert.Contains("It has not answered each report.", _log.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "registers the bot again (register-client)")]
    [InlineData(404, "older version")]
    [InlineData(401, "answered 401")]
    [InlineData(400, "answered 400")]
    [InlineData(422, "answered 422")]
    public async Task What_is_not_about_the_report_keeps_it(int status, string reason)
    {
        await using var bot = await StartAsync(Engine.Sqlite);
        _network.Answer = (context, _) => StubNetwork.RefuseAsync(context, status, "no");
        await KeepAsync(bot.Database, Outcome.Granted, Gold);

        await using (await RunAsync(bot.Database))
        {
            await Eventually.TrueAsync(() => _log.All.Contains(reason, StringComparison.Ordinal), reason);
            Assert.Equal(1, await new TierReports(bot.Database, _clock).CountAsync(CancellationToken.None));
            _network.Answer = (context, _) => _network.AcceptAsync(context);
            await ToldAsync(bot.Database);
        }

        Assert.Single(_network.Reports.Select(one => one.Body.GetRawText()).Distinct());
    }

    [Theory, EachEngine]
    public async Task What_waited_too_long_is_told_no_more(Engine engine)
    {
        await using var bot = await StartAsync(engine);
        await KeepAsync(bot.Database, Outcome.Granted, Gold);
        _clock.Advance(TierReporter.KeepFor + TimeSpan.FromSeconds(1));
        await KeepAsync(bot.Database, Outcome.Removed, Gold);

        await TellAsync(bot);

        Assert.Equal("lost", Assert.Single(_network.Reports).Change);
        Assert.Contains("it could not be told within 30 days", _log.All, StringComparison.Ordinal);
    }

    /// <summary>A bot's store, with the fan linked to the first account.</summary>
    private async Task<BotStore> StartAsync(Engine engine)
    {
        var store = await TestDatabase.CreateAsync(engine);
        var database = Database.Open(store.Setting);
        await new Migrator(database, [new MigrationSet("bot", typeof(BotModule).Assembly)], _clock).RunAsync();
        await LinkAsync(database, First);
        return new(store, database);
    }

    private Task KeepAsync(Database database, Outcome outcome, ulong role)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        return database.WriteAsync(transaction => Decisions.KeepAsync(transaction,
            [new(Guild, Fan, role, outcome, "PTM", Amount.Coins(60), Amount.Coins(50), Amount.Coins(45), "a test", "", _clock.GetUtcNow())]));
    }

    private static Task LinkAsync(Database database, Guid? rallyId) => database.WriteAsync(transaction => transaction.Connection!.ExecuteAsync("""
        DELETE FROM bot_link;
        INSERT INTO bot_link (discord_user_id, rally_id, username, guild_id, linked_at, tokens)
        SELECT @user, @rallyId, 'fan', @guild, 1, @nothing WHERE @isLinked = 1
        """, new { user = (long)Fan, rallyId = rallyId ?? Guid.Empty, guild = (long)Guild, nothing = Array.Empty<byte>(), isLinked = rallyId is null ? 0L : 1L }, transaction));

    private async Task<Running> RunAsync(Database database)
    {
        var reporter = new TierReporter(new TierReports(database, _clock), _network.Client, _network.Known, _clock, _log.For<TierReporter>());
        await reporter.StartAsync(CancellationToken.None);
        return new(reporter);
    }

    /// <summary>Lets the reporter run until all is told.</summary>
    private async Task TellAsync(BotStore bot, TimeSpan? step = null)
    {
        await using (await RunAsync(bot.Database))
            await ToldAsync(bot.Database, step);
    }

    private Task ToldAsync(Database database, TimeSpan? step = null) => Eventually.TrueAsync(async () =>
    {
        if (await new TierReports(database, _clock).CountAsync(CancellationToken.None) == 0)
            return true;
        _clock.Advance(step ?? TimeSpan.FromSeconds(5));
        return false;
    }, "all is told", TimeSpan.FromSeconds(60));

    private sealed record Running(TierReporter Reporter) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Reporter.StopAsync(CancellationToken.None);
            Reporter.Dispose();
        }
    }

    private sealed record BotStore(TestDatabase Store, Database Database) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Database.DisposeAsync();
            await Store.DisposeAsync();
        }
    }
}
