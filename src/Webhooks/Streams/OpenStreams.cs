using Microsoft.Extensions.Options;

namespace Rally.Webhooks.Streams;

/// <summary>
/// This process's streams: counts each client's, so that one client cannot take all connections, and ends those that a token has opened.
/// </summary>
internal sealed class OpenStreams(IOptions<WebhooksOptions> options)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = [];
    private readonly Dictionary<string, HashSet<Place>> _byToken = [];

    /// <param name="clientId">Whose it is.</param>
    /// <param name="tokenId">The token that opened it; null when that has no name.</param>
    /// <returns>Counts until it is disposed; null when the client has as many as it may.</returns>
    public Place? TryOpen(string clientId, string? tokenId)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(clientId);
            if (open >= options.Value.MaxStreamsPerClient)
                return null;
            _open[clientId] = open + 1;
            var place = new Place(this, clientId, tokenId);
            if (tokenId is null)
                return place;
            if (!_byToken.TryGetValue(tokenId, out var places))
                _byToken[tokenId] = places = [];
            places.Add(place);
            return place;
        }
    }

    /// <summary>The tokens that have opened streams, each once.</summary>
    public IReadOnlyCollection<string> TokenIds()
    {
        lock (_gate)
            return [.. _byToken.Keys];
    }

    /// <summary>Ends the streams that a token has opened.</summary>
    public async Task EndAsync(string tokenId)
    {
        Task[] ends;
        lock (_gate)
            ends = [.. _byToken.GetValueOrDefault(tokenId, []).Select(place => place.EndAsync())];
        await Task.WhenAll(ends);
    }

    private void Close(Place place)
    {
        lock (_gate)
        {
            if (--_open[place.ClientId] == 0)
                _open.Remove(place.ClientId);
            if (place.TokenId is { } token && _byToken.TryGetValue(token, out var places) && places.Remove(place) && places.Count == 0)
                _byToken.Remove(token);
        }
    }

    /// <summary>One stream's.</summary>
    internal sealed class Place(OpenStreams streams, string clientId, string? tokenId) : IDisposable
    {
        private readonly CancellationTokenSource _end = new();

        public string ClientId => clientId;

        public string? TokenId => tokenId;

        /// <summary>Cancelled when the stream is to end.</summary>
        public CancellationToken Ended => _end.Token;

        // What hangs on it runs elsewhere, and nothing that is in the way of other streams; so it may be called under the lock that closing takes.
        public Task EndAsync() => _end.CancelAsync();

        public void Dispose()
        {
            streams.Close(this);
            _end.Dispose();
        }
    }
}
