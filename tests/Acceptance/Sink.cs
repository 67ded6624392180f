using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>Somebody else's program: takes what comes.</summary>
internal sealed class Sink(WebApplication app) : IAsyncDisposable
{
    private readonly ConcurrentQueue<JsonObject> _bodies = [];

    public string Url => app.Urls.Single() + "/hook";

    public static async Task<Sink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var sink = new Sink(app);
        app.MapPost("/hook", async (HttpRequest request) => sink._bodies.Enqueue((await request.ReadFromJsonAsync<JsonObject>())!));
        await app.StartAsync();
        return sink;
    }

    public async Task<List<JsonObject>> ArrivedAsync(int count)
    {
        await Eventually.TrueAsync(() => _bodies.Count >= count, $"{count} messages arrive");
        return [.. _bodies];
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
