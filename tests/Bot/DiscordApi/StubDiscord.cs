using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Rest;
using Rally.Testing;

namespace Rally.Bot.Tests.DiscordApi;

/// <summary>A real HTTP server that answers as a test says and keeps what it was asked.</summary>
internal sealed class StubDiscord : IAsyncDisposable
{
    public const string Token = "the.bot.token";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<StubRequest> _requests = new();

    private StubDiscord(WebApplication app) => _app = app;

    public IReadOnlyList<StubRequest> Requests => [.. _requests];

    public FakeClock Clock { get; } = new();

    public Uri ApiBase => new(Address + "/api/v10");

    private string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <param name="answer">Gets the request and its number, from 1.</param>
    public static async Task<StubDiscord> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new StubDiscord(app);
        var gate = new Lock();
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            int number;
            lock (gate)
            {
                stub._requests.Enqueue(new(
                    context.Request.Method,
                    context.Request.Path.Value!.Replace("/api/v10", "") + context.Request.QueryString,
                    body,
                    context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString())));
                number = stub._requests.Count;
            }

            await answer(context, number);
        });
        await app.StartAsync();
        return stub;
    }

    /// <summary>A client on it, whose clock is <see cref="Clock"/> and whose jitter is always one half.</summary>
    public DiscordRest Client(Action<DiscordOptions>? configure = null)
    {
        var options = new DiscordOptions { Token = Token, ApiBase = ApiBase };
        configure?.Invoke(options);
        return new(options, new HttpClient(), Clock, () => 0.5, NullLogger<DiscordRest>.Instance);
    }

    /// <summary>Returns once the client waits for its clock, and for nothing else.</summary>
    public Task ClientWaitsAsync() => Eventually.TrueAsync(() => Clock.WaitingTimers > 0, "the client waits");

    public Task RequestsAsync(int count) =>
        Eventually.TrueAsync(() => _requests.Count >= count, $"{count} requests");

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

internal sealed record StubRequest(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public override string ToString() => $"{Method} {Path}";
}

internal static class StubAnswers
{
    /// <summary>Rate limit headers as Discord sends them.</summary>
    public static HttpResponse Limited(this HttpContext context, string bucket, int limit, int remaining, double resetAfter)
    {
        var headers = context.Response.Headers;
        headers["X-RateLimit-Bucket"] = bucket;
        headers["X-RateLimit-Limit"] = $"{limit}";
        headers["X-RateLimit-Remaining"] = $"{remaining}";
        headers["X-RateLimit-Reset-After"] = FormattableString.Invariant($"{resetAfter:0.000}");
        return context.Response;
    }

    public static Task TooManyAsync(this HttpContext context, double retryAfter, string scope)
    {
        context.Response.Headers["Retry-After"] = $"{Math.Floor(retryAfter)}";
        context.Response.Headers["X-RateLimit-Scope"] = scope;
        return context.RefuseAsync(429, FormattableString.Invariant(
            $$"""{"message":"You are being rate limited.","retry_after":{{retryAfter}},"global":{{(scope == "global" ? "true" : "false")}}}"""));
    }

    public static Task RefuseAsync(this HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        return context.JsonAsync(json);
    }

    public static Task JsonAsync(this HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    public static Task NothingAsync(this HttpContext context)
    {
        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }
}
