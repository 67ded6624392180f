using Microsoft.Extensions.Options;

namespace Rally.Ledger.Prices;

/// <summary>The price of RLY in US dollars as this process knows it; reading it costs nothing.</summary>
internal sealed class UsdPrice
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _staleAfter;
    private readonly UsdRate? _fixed;
    private volatile Confirmed? _last;

    public UsdPrice(IOptions<LedgerOptions> options, TimeProvider time)
    {
        var settings = options.Value.UsdPrice;
        (_time, _staleAfter, IsConfigured) = (time, settings.StaleAfter, settings.IsSet);
        _fixed = UsdRate.TryParseExact(settings.Fixed, out var rate) ? rate : null;
    }

    /// <summary>Whether there can be a price at all.</summary>
    public bool IsConfigured { get; }

    /// <summary>Null when none is configured, or the feed has never told one. A fixed price is of now and never stale.</summary>
    public Quote? Current
    {
        get
        {
            var now = _time.GetUtcNow();
            if (_fixed is { } rate)
                return new(rate, now, IsStale: false);
            return _last is { } last ? new(last.Rate, last.At, now - last.At > _staleAfter) : null;
        }
    }

    /// <summary>The price at one moment.</summary>
    /// <param name="Rate">US dollars for one RLY.</param>
    /// <param name="At">When the feed last confirmed it.</param>
    /// <param name="IsStale">That was longer ago than <see cref="UsdPriceOptions.StaleAfter"/>.</param>
    public readonly record struct Quote(UsdRate Rate, DateTimeOffset At, bool IsStale)
    {
        public long NanoUsd => Rate.NanoUsd;
    }

    public void Set(UsdRate rate, DateTimeOffset at) => _last = new(rate, at);

    private sealed record Confirmed(UsdRate Rate, DateTimeOffset At);
}
