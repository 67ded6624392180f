using System.Threading.Channels;

namespace Rally.Bot.Roles;

/// <summary>Wakes whoever works through what is kept in the store. It is heard once, however often it is made, and also later.</summary>
internal sealed class WakeCall(TimeProvider time)
{
    // Holds at most one call: who wakes reads all there is.
    private readonly Channel<bool> _calls = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake() => _calls.Writer.TryWrite(true);

    /// <summary>Returns when it was called, or after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken stop)
    {
        using var enough = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, enough.Token);
        try
        {
            await _calls.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Time is up.
        }
    }
}
