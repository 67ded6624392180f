using Microsoft.AspNetCore.Http;
using Rally.Ledger.Prices;
using Rally.Storage;
using Rally.Testing;
using Xunit;

namespace Rally.Ledger.Tests.Prices;

public sealed class UsdPriceFeedTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly FakeClock _clock = new();
    private FeedServer _feed = null!;

    public async Task InitializeAsync() => _feed = await FeedServer.StartAsync();

    public async Task DisposeAsync() => await _feed.DisposeAsync();

    [Theory, EachEngine]
    public async Task A_price_is_taken_at_every_interval_and_kept_when_it_changes_or_hourly(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        _feed.Says("0.0112");
        await using var process = await PriceProcess.StartAsync(store, _clock, _feed);
        await process.ConfirmedAsync(11_200_000);

        _clock.Advance(Interval);
        await process.ConfirmedAsync(11_200_000);
        _feed.Says("\"1.2e-2\"");
        _clock.Advance(Interval);
        await process.ConfirmedAsync(12_000_000);
        for (var i = 0; i < 13; i++)
        {
            _clock.Advance(Interval);
            await process.ConfirmedAsync(12_000_000);
        }

        Assert.Equal(16, _feed.Requests);
        Assert.Equal("03:04=0.0112 03:14=0.012 04:14=0.012", await process.HistoryAsync());
        Assert.Equal(0, process.Warnings);
    }

    [Theory]
    [InlineData("garbage", "its answer is not JSON."), InlineData("no unicode", "its answer is not JSON."), InlineData("empty", "its answer is not JSON.")]
    [InlineData("missing pointer", "there is nothing at /rally/usd in its answer.")]
    [InlineData("an object", "what is at /rally/usd in its answer is no price above zero."), InlineData("zero", "is no price above zero.")]
    [InlineData("negative", "is no price above zero."), InlineData("not finite", "is no price above zero.")]
    [InlineData("huge", "its answer is larger than 1048576 bytes."), InlineData("huge without length", "its answer is larger than 1048576 bytes.")]
    [InlineData("500", "it answers 500."), InlineData("other scheme", "it redirects from http to https: set FeedUrl to where it is now.")]
    [InlineData("redirects for ever", "it redirects more than 5 times."), InlineData("broken off", "it cannot be reached:")]
    public async Task A_feed_that_fails_keeps_the_last_price_and_is_told_of_once(string how, string reason)
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        _feed.Says("0.0112");
        await using var process = await PriceProcess.StartAsync(store, _clock, _feed);
        await process.ConfirmedAsync(11_200_000);
        var since = _clock.GetUtcNow();

        _feed.Answer = context => FailAsync(context, how);
        _clock.Advance(Interval);
        await process.FailedAsync(1);
        Assert.Equal(new UsdPrice.Quote(new(11_200_000), since, IsStale: false), process.Current);
        Assert.Contains("The price feed fails, the last price stays: ", process.Logs.All, StringComparison.Ordinal);
        Assert.Contains(reason, process.Logs.All, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-key", process.Logs.All, StringComparison.Ordinal);
        _clock.Advance(2 * Interval);
        await process.FailedAsync(2);
        Assert.Equal(1, process.Warnings);

        _feed.Says("0.0113");
        _clock.Advance(4 * Interval);
        await process.ConfirmedAsync(11_300_000);
        Assert.Contains("The price feed works again: 0.0113 USD", process.Logs.All, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_failing_feed_is_asked_less_and_less_often(Engine engine)
    {
        await using var store = await TestDatabase.CreateAsync(engine);
        _feed.Answer = context => FailAsync(context, "500");
        await using var process = await PriceProcess.StartAsync(store, _clock, _feed);
        var times = 0;
        foreach (var intervals in new[] { 2, 4, 8, 8, 8 })
        {
            await process.FailedAsync(++times);
            _clock.Advance((intervals * Interval) - TimeSpan.FromMilliseconds(1));
            Assert.Equal((times, 1), (_feed.Requests, _clock.WaitingTimers));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        await process.FailedAsync(6);
        Assert.Equal(6, _feed.Requests);
        Assert.Equal(1, process.Warnings);
        Assert.Null(process.Current);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public async Task A_feed_that_hangs_is_given_ten_seconds(bool inTheMiddle)
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        _feed.Answer = async context =>
        {
            if (inTheMiddle)
            {
                await context.Response.WriteAsync("""{"rally":""");
                await context.Response.Body.FlushAsync();
            }

            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        await using var process = await PriceProcess.StartAsync(store, _clock, _feed);
        await Eventually.TrueAsync(() => _feed.Requests == 1, "the feed is asked");

        _clock.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal(0, process.Warnings);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await process.FailedAsync(1);
        Assert.Contains("it does not answer in full within 10 s.", process.Logs.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_does_not_wait_for_a_feed_that_hangs()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        _feed.Answer = context =>
            Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        var process = await PriceProcess.StartAsync(store, _clock, _feed);
        await Eventually.TrueAsync(() => _feed.Requests == 1, "the feed is asked");

        await process.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, process.Warnings);
    }

    [Fact]
    public async Task A_redirect_within_the_scheme_is_followed()
    {
        await using var store = await TestDatabase.CreateAsync(Engine.Sqlite);
        _feed.Answer = context =>
        {
            if (context.Request.Path != "/there")
                context.Response.Redirect("/there");
            return context.Response.WriteAsync("""{"rally":{"usd":0.5}}""");
        };
        await using var process = await PriceProcess.StartAsync(store, _clock, _feed);

        await process.ConfirmedAsync(500_000_000);
        Assert.Equal(2, _feed.Requests);
    }

    private static Task FailAsync(HttpContext context, string how)
    {
        var response = context.Response;
        switch (how)
        {
            case "500":
                response.StatusCode = 500;
                return response.WriteAsync("""{"rally":{"usd":0.0112}}""");
            case "other scheme":
                response.Redirect("https://127.0.0.1:1/price");
                return Task.CompletedTask;
            case "redirects for ever":
                response.Redirect("/again");
                return Task.CompletedTask;
            case "broken off":
                context.Abort();
                return Task.CompletedTask;
            case "huge":
                response.ContentLength = 1024 * 1024 + 1;
                return response.WriteAsync(new string(' ', 1024 * 1024 + 1));
            default:
                return response.WriteAsync(how switch
                {
                    "garbage" => "<html>502 Bad Gateway</html>",
                    "no unicode" => """{"rally":{"usd":"\ud800"}}""",
                    "empty" => "",
                    "missing pointer" => """{"rally":{"eur":0.0112}}""",
                    "an object" => """{"rally":{"usd":{}}}""",
                    "zero" => """{"rally":{"usd":0.0}}""",
                    "negative" => """{"rally":{"usd":-0.0112}}""",
                    "not finite" => """{"rally":{"usd":"NaN"}}""",
                    _ => new string(' ', 2 * 1024 * 1024),
                });
        }
    }
}
