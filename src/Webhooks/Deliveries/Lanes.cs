using Microsoft.Extensions.Options;

namespace Rally.Webhooks.Deliveries;

/// <summary>Bounds how much is sent at once; failing endpoints have places of their own and cannot fill the others'.</summary>
internal sealed class Lanes(IOptions<WebhooksOptions> options) : IDisposable
{
    private readonly SemaphoreSlim _healthy = new(options.Value.ConcurrentDeliveries);
    private readonly SemaphoreSlim _failing = new(options.Value.ConcurrentRetries);

    /// <summary>Waits for a place, which is free again when the result is disposed.</summary>
    public async Task<IDisposable> EnterAsync(bool failing, CancellationToken stop)
    {
        var lane = failing ? _failing : _healthy;
        await lane.WaitAsync(stop);
        return new Place(lane);
    }

    public void Dispose()
    {
        _healthy.Dispose();
        _failing.Dispose();
    }

    private sealed class Place(SemaphoreSlim lane) : IDisposable
    {
        public void Dispose() => lane.Release();
    }
}
