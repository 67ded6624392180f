using Microsoft.Extensions.Options;

namespace Rally.Webhooks.Streams;

/// <summary>Counts each client's streams of this process, so that one client cannot take all connections.</summary>
internal sealed class OpenStreams(IOptions<WebhooksOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = [];

    /// <returns>Counts until it is disposed; null when the client has as many as it may.</returns>
    public IDisposable? TryOpen(string clientId)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(clientId);
            if (open >= options.Value.MaxStreamsPerClient)
                return null;
            _open[clientId] = open + 1;
        }

        return new Place(this, clientId);
    }

    private void Close(string clientId)
    {
        lock (_gate)
        {
            if (--_open[clientId] == 0)
                _open.Remove(clientId);
        }
    }

    private sealed class Place(OpenStreams streams, string clientId) : IDisposable
    {
        public void Dispose() => streams.Close(clientId);
    }
}
