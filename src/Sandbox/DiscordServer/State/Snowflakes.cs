namespace Rally.Sandbox.DiscordServer.State;

/// <summary>Makes Discord ids: milliseconds since 2015 in the upper 42 bits, always rising.</summary>
internal sealed class Snowflakes(TimeProvider time)
{
    private const long EpochUnixMs = 1_420_070_400_000;
    private readonly Lock _gate = new();
    private ulong _last;

    public ulong Next()
    {
        lock (_gate)
        {
            var now = (ulong)(time.GetUtcNow().ToUnixTimeMilliseconds() - EpochUnixMs) << 22;
            return _last = Math.Max(_last + 1, now);
        }
    }

    /// <summary>Never again gives an id up to this one, whatever the clock says after a restart.</summary>
    public void StartAfter(ulong id)
    {
        lock (_gate)
            _last = Math.Max(_last, id);
    }
}
