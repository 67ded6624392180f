using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rally.Bot.DiscordApi;
using Rally.Bot.DiscordApi.Gateway;
using Rally.Bot.DiscordApi.Rest;
using Rally.Testing;
using Xunit;

namespace Rally.Bot.Tests.DiscordApi;

/// <summary>A real WebSocket server whose side of the talk the test plays, and the client on it.</summary>
internal sealed class StubGateway : IAsyncDisposable
{
    public const string Token = "the.gateway.token";

    private readonly WebApplication _app;
    private readonly Channel<StubConnection> _connections = Channel.CreateUnbounded<StubConnection>();
    private readonly CancellationTokenSource _stop = new();
    private readonly DiscordRest _rest;

    private StubGateway()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.MapGet("/api/gateway/bot", async context =>
        {
            GatewayBotAsked++;
            if (RejectToken)
                context.Response.StatusCode = 401;
            else
                await context.Response.WriteAsJsonAsync(
                    new { url = WebSocketAddress("/gateway"), shards = 1, session_start_limit = StartLimit });
        });
        _app.MapGet("/{place}", TakeAsync);
        ((IHost)_app).Start();

        Options = new() { Token = Token, ApiBase = new(Address + "/api") };
        _rest = new(Options, new HttpClient(), Clock, () => 0.5, NullLogger<DiscordRest>.Instance);
        Client = new(Options, _rest, Clock, () => 0.5, Log.For<DiscordGateway>());
    }

    public FakeClock Clock { get; } = new();

    public DiscordOptions Options { get; }

    public DiscordGateway Client { get; }

    public CapturedLogs Log { get; } = new();

    public ConcurrentQueue<GatewayEvent> Events { get; } = new();

    public int GatewayBotAsked { get; private set; }

    public bool RejectToken { get; set; }

    public object StartLimit { get; set; } = new { total = 1000, remaining = 999, reset_after = 0, max_concurrency = 1 };

    public Task Running { get; private set; } = Task.CompletedTask;

    private string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static StubGateway Start(Func<GatewayEvent, CancellationToken, Task>? handle = null, Action<StubGateway>? configure = null)
    {
        var gateway = new StubGateway();
        configure?.Invoke(gateway);
        gateway.Running = gateway.Client.RunAsync(
            async (happened, stop) =>
            {
                gateway.Events.Enqueue(happened);
                if (handle is not null)
                    await handle(happened, stop);
            },
            gateway._stop.Token);
        return gateway;
    }

    public string WebSocketAddress(string path) => Address.Replace("http://", "ws://") + path;

    /// <summary>The next connection, moving the clock until the client makes it.</summary>
    public async Task<StubConnection> AcceptAsync()
    {
        await UntilAsync(() => _connections.Reader.TryPeek(out _), "a connection");
        return await _connections.Reader.ReadAsync();
    }

    /// <summary>Accepts, and plays a gateway that opens a session.</summary>
    public async Task<StubConnection> AcceptReadyAsync(int interval = 40_000)
    {
        var connection = await AcceptAsync();
        await connection.HelloAsync(interval);
        await UntilAsync(() => connection.HasMessage, "an identify");
        Assert.Equal(2, (await connection.ReceiveAsync()).GetProperty("op").GetInt32());
        await connection.DispatchAsync("READY", 1, $$"""
            {"v":10,"user":{"id":"11","username":"bot","bot":true},"application":{"id":"12","flags":0},"session_id":"s1",
             "resume_gateway_url":"{{WebSocketAddress("/resume")}}","guilds":[{"id":"100","unavailable":true}]}
            """);
        await Eventually.TrueAsync(() => Events.OfType<Ready>().Any(), "ready");
        return connection;
    }

    /// <summary>Moves the clock in tenths of a second until something is so, giving sockets real time in between.</summary>
    public async Task UntilAsync(Func<bool> condition, string wanted)
    {
        var step = 0;
        await Eventually.TrueAsync(
            () =>
            {
                if (condition())
                    return true;
                if (step++ % 3 == 2)
                    Clock.Advance(TimeSpan.FromMilliseconds(100));
                return false;
            },
            wanted);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Running.ContinueWith(_ => { }, TaskScheduler.Default);
        Client.Dispose();
        _rest.Dispose();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var connection = new StubConnection(socket, context.Request.Path, context.Request.QueryString.Value!, Clock);
        _connections.Writer.TryWrite(connection);
        await connection.PumpAsync();
    }
}

/// <summary>The server's end of one connection.</summary>
internal sealed class StubConnection(WebSocket socket, string path, string query, TimeProvider clock)
{
    private readonly Channel<JsonElement> _messages = Channel.CreateUnbounded<JsonElement>();
    private readonly SemaphoreSlim _sending = new(1, 1);

    public string Path { get; } = path;

    public string Query { get; } = query;

    public DateTimeOffset At { get; } = clock.GetUtcNow();

    public bool AnswersHeartbeats { get; set; } = true;

    public ConcurrentQueue<(DateTimeOffset At, long? Sequence)> Heartbeats { get; } = new();

    public int? ClosedWith { get; private set; }

    public bool Ended { get; private set; }

    public bool HasMessage => _messages.Reader.TryPeek(out _);

    public Task HelloAsync(int interval) => SendAsync($$"""{"op":10,"d":{"heartbeat_interval":{{interval}} } }""");

    public Task DispatchAsync(string name, int sequence, string data) =>
        SendAsync($$"""{"op":0,"s":{{sequence}},"t":"{{name}}","d":{{data}}}""");

    public async Task SendAsync(string json)
    {
        await _sending.WaitAsync();
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, default);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>What the client sent, but for heartbeats.</summary>
    public async Task<JsonElement> ReceiveAsync() => await _messages.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    public Task CloseAsync(int code) => socket.CloseOutputAsync((WebSocketCloseStatus)code, null, default);

    /// <summary>Gone without a word.</summary>
    public void Abort() => socket.Abort();

    public async Task PumpAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer, default);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    ClosedWith = (int?)socket.CloseStatus;
                    break;
                }

                var message = JsonDocument.Parse(buffer.AsMemory(0, part.Count)).RootElement.Clone();
                if (message.GetProperty("op").GetInt32() != 1)
                {
                    _messages.Writer.TryWrite(message);
                    continue;
                }

                var sequence = message.GetProperty("d");
                Heartbeats.Enqueue((clock.GetUtcNow(), sequence.ValueKind == JsonValueKind.Null ? null : sequence.GetInt64()));
                if (AnswersHeartbeats)
                    await SendAsync("""{"op":11}""");
            }
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or IOException)
        {
            // The client hung up.
        }

        Ended = true;
    }
}
