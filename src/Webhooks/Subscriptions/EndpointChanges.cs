using System.Threading.Channels;

namespace Rally.Webhooks.Subscriptions;

/// <summary>Tells the dispatcher which endpoints were made, changed or removed; the store says how.</summary>
internal sealed class EndpointChanges
{
    private readonly Channel<Guid> _changed = Channel.CreateUnbounded<Guid>(new() { SingleReader = true });

    public void Publish(Guid endpointId) => _changed.Writer.TryWrite(endpointId);

    public IAsyncEnumerable<Guid> ReadAllAsync(CancellationToken stop) => _changed.Reader.ReadAllAsync(stop);
}
