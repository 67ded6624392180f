using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rally.Ledger.Prices;

/// <summary>
/// Keeps <see cref="UsdPrice"/> and its history up to date. Over all processes on a store one asks the feed at each turn;
/// the others look at what it stored. The log hears when the feed begins or ceases to work, not of every attempt.
/// </summary>
internal sealed partial class UsdPricePoller(
    UsdPriceLog prices, UsdPriceFeed feed, UsdPrice price, IOptions<LedgerOptions> options, TimeProvider time, ILogger<UsdPricePoller> log)
    : BackgroundService
{
    // 2, 4, 8 times the interval.
    private const int MostDoublings = 3;

    /// <summary>How often a process whose turn it is not looks at what another one came to know; longer than an answer takes.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan AfterOutage = TimeSpan.FromSeconds(10);

    private readonly UsdPriceOptions _settings = options.Value.UsdPrice;
    private Trouble _trouble;
    private bool _first = true;

    private enum Trouble
    {
        None,
        Feed,
        Absurd,
        Store,
    }

    /// <summary>What was last known is known again before anybody asks.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!_settings.IsSet)
            return;
        Show(await prices.ReadAsync(cancellationToken).ConfigureAwait(false));
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            TimeSpan wait;
            try
            {
                wait = UsdRate.TryParseExact(_settings.Fixed, out var rate)
                    ? await RecordAsync(rate, stoppingToken).ConfigureAwait(false)
                    : await TakeTurnAsync(stoppingToken).ConfigureAwait(false);
                _first = false;
            }
            catch (Exception outage) when (!stoppingToken.IsCancellationRequested)
            {
                if (Changes(Trouble.Store))
                    LogOutage(outage);
                wait = AfterOutage;
            }

            await Task.Delay(wait, time, stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task<TimeSpan> RecordAsync(UsdRate rate, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        await prices.ConfirmAsync(rate, now, next: now, stop).ConfigureAwait(false);
        Changes(Trouble.None);
        return UsdPriceLog.RowEvery;
    }

    private async Task<TimeSpan> TakeTurnAsync(CancellationToken stop)
    {
        var (state, claimed) = await prices.ClaimAsync(
            time.GetUtcNow(), time.GetUtcNow() + _settings.Interval, evenFailing: _first, stop).ConfigureAwait(false);
        Show(state);
        if (!claimed)
        {
            var due = DateTimeOffset.FromUnixTimeMilliseconds(state.NextPollAt) - time.GetUtcNow();
            return TimeSpan.FromTicks(Math.Clamp(due.Ticks, TimeSpan.TicksPerMillisecond, LookEvery.Ticks));
        }

        var reading = await feed.ReadAsync(stop).ConfigureAwait(false);
        if (reading is UsdPriceFeed.Reading.Price { Rate: var rate } &&
            !(state.NanoUsd is { } last && rate.IsFarFrom(new(last))))
        {
            var now = time.GetUtcNow();
            await prices.ConfirmAsync(rate, now, now + _settings.Interval, stop).ConfigureAwait(false);
            price.Set(rate, now);
            if (Changes(Trouble.None))
                LogWorks(rate);
            return _settings.Interval;
        }

        var wait = _settings.Interval * (1 << (int)Math.Min(state.Failures + 1, MostDoublings));
        await prices.FailAsync(state.Failures + 1, time.GetUtcNow() + wait, stop).ConfigureAwait(false);
        if (reading is UsdPriceFeed.Reading.Failed failure)
        {
            if (Changes(Trouble.Feed))
                LogFails(failure.Reason);
        }
        else if (Changes(Trouble.Absurd))
        {
            LogAbsurd(((UsdPriceFeed.Reading.Price)reading).Rate, new(state.NanoUsd!.Value));
        }

        return wait;
    }

    private void Show(UsdPriceLog.State state)
    {
        if (state is { NanoUsd: { } nano, ConfirmedAt: { } at })
            price.Set(new(nano), DateTimeOffset.FromUnixTimeMilliseconds(at));
    }

    private bool Changes(Trouble to)
    {
        var changes = _trouble != to;
        _trouble = to;
        return changes;
    }

    [LoggerMessage(LogLevel.Information, "The price feed works again: {Rate} USD for one RLY")]
    private partial void LogWorks(UsdRate rate);

    [LoggerMessage(LogLevel.Warning, "The price feed fails, the last price stays: {Reason} Trying again, less often while it fails")]
    private partial void LogFails(string reason);

    [LoggerMessage(LogLevel.Warning, "The price feed says {Rate} USD for one RLY, more than ten times away from {Last}: it is not believed, the last " +
        "price stays and goes stale. If it is right, set Ledger:UsdPrice:Fixed to it, start once, and then set the feed again")]
    private partial void LogAbsurd(UsdRate rate, UsdRate last);

    [LoggerMessage(LogLevel.Error, "The price cannot be stored or read; trying again")]
    private partial void LogOutage(Exception outage);
}
