using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rally.Bot.Network;
using Rally.Testing;

namespace Rally.Bot.Tests.Network;

/// <summary>A real HTTP server in the network's place: it gives tokens, and answers reports of tiers as a test says.</summary>
internal sealed class StubNetwork : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Reported> _reports = [];
    private int _requests;

    private StubNetwork(WebApplication app, FakeClock clock)
    {
        (_app, Clock, Http) = (app, clock, RallyHttp.CreateClient(clock));
        Answer = (context, _) => AcceptAsync(context);
        Known.Set(new(Own, new Uri(Own, "webhooks/rally"), Address, Address, IsEmbedded: false, "bot", "secret"));
        Client = new RallyClient(Http, Known, new AppToken(new RallyOAuth(Http, Known, Options.Create(new NetworkOptions())), clock), clock);
    }

    /// <summary>A report as it came, with which request, and when by the test's clock.</summary>
    public sealed record Reported(JsonElement Body, int Request, DateTimeOffset At)
    {
        public string Change => Body.GetProperty("change").GetString()!;

        public string Role => Body.GetProperty("role").GetString()!;
    }

    public static Uri Own { get; } = new("http://127.0.0.1:9/");

    public FakeClock Clock { get; }

    public HttpClient Http { get; }

    public Installation Known { get; } = new();

    /// <summary>The bot's way here.</summary>
    public RallyClient Client { get; }

    public IReadOnlyList<Reported> Reports => [.. _reports];

    /// <summary>What each report with one of these roles is refused with.</summary>
    public Dictionary<string, string> Refusals { get; } = [];

    /// <summary>Gets the number of the request, from 1; answers each report unless a test says otherwise.</summary>
    public Func<HttpContext, int, Task> Answer { get; set; }

    private Uri Address => new(_app.Urls.Single());

    public static async Task<StubNetwork> StartAsync(FakeClock clock)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        StubNetwork? stub = null;
        app.MapPost("/oauth2/token", () => new { access_token = "a-token", token_type = "Bearer", expires_in = 1_000_000 });
        app.MapPost("/api/tier-changes", (HttpContext context) => stub!.TakeAsync(context));
        await app.StartAsync();
        return stub = new StubNetwork(app, clock);
    }

    /// <summary>Answers each report of the request at hand.</summary>
    public Task AcceptAsync(HttpContext context) => context.Response.WriteAsJsonAsync(new
    {
        results = _reports.Where(one => one.Request == _requests).Select(one => new
        {
            id = one.Body.GetProperty("id"),
            problem = Refusals.TryGetValue(one.Role, out var detail) ? new { title = "Refused", detail } : null,
        }),
    });

    public static async Task RefuseAsync(HttpContext context, int status, string detail, string? retryAfter = null)
    {
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        await Results.Problem(detail, statusCode: status).ExecuteAsync(context);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
        _requests++;
        foreach (var report in body.GetProperty("reports").EnumerateArray())
            _reports.Enqueue(new(report, _requests, Clock.GetUtcNow()));
        await Answer(context, _requests);
    }
}
