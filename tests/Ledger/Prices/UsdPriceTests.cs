using Microsoft.Extensions.Options;
using Rally.Ledger.Prices;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Prices;

public sealed class UsdPriceTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly FakeClock _clock = new();
    private FeedServer _feed = null!;

    public async Task InitializeAsync() => _feed = await FeedServer.StartAsync();

    public async Task DisposeAsync() => await _feed.DisposeAsync();

    [Theory, EachEngine]
    public async Task A_jump_is_not_believed_and_the_old_price_goes_stale(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        _feed.Says("0.01");
        await using var process = await PriceProcess.StartAsync(store, _clock, _feed);
        await process.ConfirmedAsync(10_000_000);
        var since = _clock.GetUtcNow();

        _feed.Says("0.100000001");
        _clock.Advance(Interval);
        await process.FailedAsync(1);
        _clock.Advance(2 * Interval);
        await process.FailedAsync(2);
        Assert.Equal(1, process.Warnings);
        Assert.Contains("says 0.100000001 USD for one RLY, more than ten times away from 0.01", process.Logs.All, StringComparison.Ordinal);
        Assert.Equal(new UsdPrice.Quote(new(10_000_000), since, IsStale: false), process.Current);

        _clock.Advance(4 * Interval);
        await process.FailedAsync(3);
        _clock.Advance(TimeSpan.FromMinutes(25));
        Assert.False(process.Current!.Value.IsStale);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(new UsdPrice.Quote(new(10_000_000), since, IsStale: true), process.Current);
        Assert.Equal("03:04=0.01", await process.HistoryAsync());

        _feed.Says("0.1");
        _clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromMilliseconds(1));
        await process.ConfirmedAsync(100_000_000);
    }

    [Theory, EachEngine]
    public async Task A_restart_keeps_the_last_price_and_does_not_ask_early(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        _feed.Says("0.0112");
        await using (var process = await PriceProcess.StartAsync(store, _clock, _feed))
            await process.ConfirmedAsync(11_200_000);
        var since = _clock.GetUtcNow();
        _clock.Advance(Interval / 2);

        _feed.Answer = context =>
        {
            context.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await using (var process = await PriceProcess.StartAsync(store, _clock, _feed))
        {
            Assert.Equal(new UsdPrice.Quote(new(11_200_000), since, IsStale: false), process.Current);
            await process.AfterTurnAsync(_ => true);
            for (var waited = TimeSpan.Zero; waited < Interval / 2; waited += UsdPricePoller.LookEvery)
            {
                Assert.Equal(1, _feed.Requests);
                await process.AfterTurnAsync(_ => true);
                _clock.Advance(UsdPricePoller.LookEvery);
            }

            await process.FailedAsync(1);
        }

        // Whoever starts again after a failure has perhaps mended it.
        await using (var process = await PriceProcess.StartAsync(store, _clock, _feed))
            await process.FailedAsync(2);
        _clock.Advance(TimeSpan.FromHours(2));
        await using var stale = await PriceProcess.StartAsync(store, _clock, _feed);
        Assert.Equal(new UsdPrice.Quote(new(11_200_000), since, IsStale: true), stale.Current);
    }

    [PostgresFact]
    public async Task Of_several_processes_one_asks_and_the_others_know()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Postgres);
        _feed.Says("0.0112");
        await using var first = await PriceProcess.StartAsync(store, _clock, _feed);
        await first.ConfirmedAsync(11_200_000);
        await using var second = await PriceProcess.StartAsync(store, _clock, _feed);
        await second.AfterTurnAsync(_ => true, timers: 2);
        Assert.Equal(first.Current, second.Current);

        var due = _clock.GetUtcNow() + Interval;
        for (var turn = 2; turn <= 4; turn++)
        {
            _feed.Says($"0.01{turn}");
            for (; _clock.GetUtcNow() + UsdPricePoller.LookEvery < due; _clock.Advance(UsdPricePoller.LookEvery))
                await second.AfterTurnAsync(_ => true, timers: 2);
            Assert.Equal(turn - 1, _feed.Requests);
            await second.AfterTurnAsync(_ => true, timers: 2);
            _clock.Advance(due - _clock.GetUtcNow());
            due += Interval;

            var nano = (10 + turn) * 1_000_000L;
            await first.AfterTurnAsync(state => state.NanoUsd == nano, timers: 2);
            Assert.Equal(turn, _feed.Requests);
            _clock.Advance(UsdPricePoller.LookEvery);
            await Eventually.TrueAsync(() => first.Current?.NanoUsd == nano && second.Current?.NanoUsd == nano, "both know");
        }
    }

    [Theory, EachEngine]
    public async Task A_fixed_price_is_never_stale_and_in_the_history_hourly(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        await using (var process = await PriceProcess.StartAsync(store, _clock, price => price.Fixed = "0.0112"))
        {
            await process.AfterTurnAsync(state => state.NanoUsd == 11_200_000);
            _clock.Advance(TimeSpan.FromHours(1));
            var now = _clock.GetUtcNow();
            await process.AfterTurnAsync(state => state.ConfirmedAt == now.ToUnixTimeMilliseconds());
            Assert.Equal(new UsdPrice.Quote(new(11_200_000), now, IsStale: false), process.Current);
            Assert.Equal("03:04=0.0112 04:04=0.0112", await process.HistoryAsync());
        }

        // The way out after a jump that was right: fix the new price once, then the feed is believed.
        await using (var process = await PriceProcess.StartAsync(store, _clock, price => price.Fixed = "7"))
            await process.AfterTurnAsync(state => state.NanoUsd == 7_000_000_000);
        _feed.Says("7.1");
        await using var mended = await PriceProcess.StartAsync(store, _clock, _feed);
        await mended.ConfirmedAsync(7_100_000_000);
    }

    [Fact]
    public async Task Without_settings_there_is_no_price_even_when_there_was_one()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        await using (var process = await PriceProcess.StartAsync(store, _clock, price => price.Fixed = "0.0112"))
            await process.AfterTurnAsync(state => state.NanoUsd == 11_200_000);

        await using var without = await PriceProcess.StartAsync(store, _clock, _ => { });
        Assert.Null(without.Current);
        Assert.Equal(0, _clock.WaitingTimers);
    }

    [Theory]
    [InlineData("1", "http://feed.example", "/a", 300, 3600, "Ledger:UsdPrice has Fixed and a feed")]
    [InlineData("1", null, "/a", 300, 3600, "Ledger:UsdPrice has Fixed and a feed")]
    [InlineData("0", null, null, 300, 3600, "Ledger:UsdPrice:Fixed is '0'"), InlineData("0,5", null, null, 300, 3600, "Ledger:UsdPrice:Fixed is '0,5'")]
    [InlineData("0.0000000001", null, null, 300, 3600, "at most nine digits")]
    [InlineData(null, "feed.example", "/a", 300, 3600, "Ledger:UsdPrice:FeedUrl is not an address")]
    [InlineData(null, "ftp://feed.example", "/a", 300, 3600, "Ledger:UsdPrice:FeedUrl is not an address")]
    [InlineData(null, "http://feed.example", null, 300, 3600, "FeedUrl without JsonPointer"), InlineData(null, null, "/a", 300, 3600, "JsonPointer without FeedUrl")]
    [InlineData(null, "http://feed.example", "a", 300, 3600, "Ledger:UsdPrice:JsonPointer is 'a'")]
    [InlineData(null, "http://feed.example", "/a", 9, 3600, "Ledger:UsdPrice:Interval is 00:00:09"), InlineData(null, "http://feed.example", "/a", 90_000, 100_000, "Interval")]
    [InlineData(null, "http://feed.example", "/a", 300, 299, "Ledger:UsdPrice:StaleAfter (00:04:59) is shorter")]
    public void Settings_that_contradict_each_other_are_refused_with_a_sentence(
        string? fixedPrice, string? url, string? place, int interval, int staleAfter, string sentence)
    {
        var result = Check(fixedPrice, url, place, interval, staleAfter);

        Assert.True(result.Failed);
        Assert.Contains(sentence, Assert.Single(result.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, null), InlineData("", "", ""), InlineData("0.0112", null, null), InlineData(null, "https://feed.example/x", "")]
    [InlineData(null, "http://feed.example", "/a~1b/0")]
    public void Settings_that_make_sense_are_taken(string? fixedPrice, string? url, string? place) =>
        Assert.True(Check(fixedPrice, url, place, 300, 3600).Succeeded);

    private static ValidateOptionsResult Check(string? fixedPrice, string? url, string? place, int interval, int staleAfter)
    {
        var options = new LedgerOptions();
        (options.UsdPrice.Fixed, options.UsdPrice.FeedUrl, options.UsdPrice.JsonPointer) = (fixedPrice, url, place);
        (options.UsdPrice.Interval, options.UsdPrice.StaleAfter) = (TimeSpan.FromSeconds(interval), TimeSpan.FromSeconds(staleAfter));
        return new UsdPriceOptionsCheck().Validate(null, options);
    }
}
