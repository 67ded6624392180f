namespace Rally.Webhooks.Deliveries;

/// <summary>
/// Lets so many through in a second, that many at once after a pause. (The generic cell rate algorithm of ITU-T I.371: one time to
/// remember.)
/// </summary>
/// <param name="perSecond">Null for no limit.</param>
/// <param name="time">The clock.</param>
internal sealed class Pace(long? perSecond, TimeProvider time)
{
    private readonly TimeSpan _each = perSecond is { } limit ? TimeSpan.FromSeconds(1) / limit : TimeSpan.Zero;
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _next = TimeSpan.Zero; // when it would be the turn of one more, were they spread evenly

    /// <summary>How long until one more may pass; zero or less for now.</summary>
    public TimeSpan Wait => _next - Burst - time.GetElapsedTime(_start);

    private TimeSpan Burst => perSecond is null ? TimeSpan.Zero : TimeSpan.FromSeconds(1) - _each;

    public void Pass()
    {
        var now = time.GetElapsedTime(_start);
        _next = (_next > now ? _next : now) + _each;
    }
}
