using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Rally.Webhooks.Tests.Setup;

/// <summary>A program that reads <c>/api/events</c> over real HTTP, with the framework's own parser.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly HttpResponseMessage _response;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private EventReader(HttpClient client, HttpResponseMessage response, SseParser<string> parser) =>
        (_client, _response, Parser, _items) = (client, response, parser, parser.EnumerateAsync().GetAsyncEnumerator());

    public SseParser<string> Parser { get; }

    public HttpResponseMessage Response => _response;

    public static async Task<EventReader> OpenAsync(TestNetwork network, string query = "", string? lastEventId = null, string clientId = "app")
    {
        var client = network.Client(clientId);
        var response = await AskAsync(client, query, lastEventId);
        Xunit.Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new(client, response, SseParser.Create(await response.Content.ReadAsStreamAsync()));
    }

    public static async Task<HttpResponseMessage> AskAsync(HttpClient client, string query, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/events{query}");
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The next event; null at the stream's end.</summary>
    public async Task<SseItem<string>?> NextAsync() => await _items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)) ? _items.Current : null;

    /// <summary>The places in the log of the next events.</summary>
    public async Task<IReadOnlyList<long>> PositionsAsync(int count)
    {
        var positions = new List<long>();
        while (positions.Count < count && await NextAsync() is { } item)
            positions.Add(JsonDocument.Parse(item.Data).RootElement.GetProperty("data").GetProperty("position").GetInt64());
        return positions;
    }

    public ValueTask DisposeAsync()
    {
        _response.Dispose(); // ends the reading, as does a program that is stopped
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
