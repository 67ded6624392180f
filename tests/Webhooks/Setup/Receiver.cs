using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Rally.Webhooks.Signing;

namespace Rally.Webhooks.Tests.Setup;

/// <summary>A real HTTP server that takes deliveries and answers them as a test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    /// <summary>A delivery as it came over the wire.</summary>
    public sealed record Received(string Path, string Id, long Timestamp, string Signature, byte[] Body)
    {
        public required IReadOnlyDictionary<string, string> Headers { get; init; }

        public string Type => JsonDocument.Parse(Body).RootElement.GetProperty("type").GetString()!;

        public JsonObject Data => JsonNode.Parse(Body)!["data"]!.AsObject();

        public long Position => JsonDocument.Parse(Body).RootElement.GetProperty("data").GetProperty("position").GetInt64();
    }

    public string Url => _app.Urls.Single() + "/hook";

    public ConcurrentQueue<Received> Deliveries { get; } = [];

    /// <summary>What is wrong with bodies by their published schemas.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>Answers 204 unless a test says otherwise.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = context => Status(context, 204);

    /// <param name="address">Where it listens, without TLS.</param>
    /// <param name="certificate">With it, it listens with TLS on some port of loopback instead.</param>
    public static async Task<Receiver> StartAsync(string address = "http://127.0.0.1:0", X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (certificate is null)
            builder.WebHost.UseUrls(address);
        else
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, port => port.UseHttps(certificate)));
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>Never answers.</summary>
    public static Task Hang(HttpContext context) =>
        Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    /// <summary>Waits for this many deliveries and returns them all.</summary>
    public async Task<IReadOnlyList<Received>> ArrivedAsync(int count)
    {
        await Testing.Eventually.TrueAsync(() => Deliveries.Count >= count, $"{count} deliveries (there are {Deliveries.Count})");
        return [.. Deliveries];
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        Xunit.Assert.Empty(Faults);
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers;
        Deliveries.Enqueue(new(
            context.Request.Path,
            headers[WebhookSignature.IdHeader].Single()!,
            long.Parse(headers[WebhookSignature.TimestampHeader].Single()!),
            headers[WebhookSignature.SignatureHeader].Single()!,
            body.ToArray())
        {
            Headers = headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
        });
        if ((await EventSchemas.GetAsync()).FaultOf(body.ToArray()) is { } fault)
            Faults.Enqueue(fault);
        await Answer(context);
    }
}
