using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rally.Sandbox.DiscordServer.RateLimits;

namespace Rally.Sandbox.Tests;

/// <summary>A running sandbox, with a bot's and a page's HTTP client.</summary>
internal sealed class SandboxFixture : IAsyncDisposable
{
    public const ulong Guild = 1300000000000000001;
    public const ulong Bot = 1300000000000000002;
    public const ulong Bronze = 1300000000000000011;
    public const ulong Silver = 1300000000000000012;
    public const ulong BotRole = 1300000000000000014;
    public const ulong Admin = 1300000000000000015;
    public const ulong Owner = 1300000000000000021;
    public const ulong Fan = 1300000000000000022;
    public const ulong Nova = 1300000000000000023;
    public const ulong General = 1300000000000000031;

    private readonly HttpClient _bot = new();
    private readonly HttpClient _page = new();

    private SandboxFixture(SandboxServer server)
    {
        Server = server;
        _bot.BaseAddress = new(server.DiscordApi + "/");
        _bot.DefaultRequestHeaders.Add("Authorization", "Bot " + server.BotToken);
        _page.BaseAddress = new(server.Page, "/sandbox/api/");
    }

    public SandboxServer Server { get; }

    /// <summary>Without limits, unless the test is about them.</summary>
    public static async Task<SandboxFixture> StartAsync(SandboxOptions? options = null) =>
        new(await SandboxServer.StartAsync(options ?? new() { RateLimits = new() { Enabled = false } }, CancellationToken.None));

    public static async Task<SandboxFixture> StartAsync(TimeProvider time, RateLimitOptions? limits = null) =>
        await StartAsync(new SandboxOptions { Time = time, RateLimits = limits ?? new() { Enabled = false } });

    /// <summary>A REST request of the bot; the path is without a slash at its front.</summary>
    public async Task<Answer> BotAsync(string method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Answer.ReadAsync(await _bot.SendAsync(request));
    }

    public async Task<Answer> PageAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        return await Answer.ReadAsync(await _page.SendAsync(request));
    }

    public Task<Stream> EventsAsync(ulong member) => _page.GetStreamAsync(new Uri($"events?memberId={member}", UriKind.Relative));

    public Task<Answer> RunAsync(ulong member, string text, int waitMs = 5_000) => PageAsync(
        "POST", $"commands?waitMs={waitMs}", new { memberId = $"{member}", channelId = $"{General}", text });

    public Task<Answer> RespondAsync(JsonNode interaction, object response) =>
        BotAsync("POST", $"interactions/{interaction["id"]}/{interaction["token"]}/callback", response);

    public Task<Answer> RegisterAsync(params object[] commands) => BotAsync("PUT", $"applications/{Bot}/guilds/{Guild}/commands", commands);

    public Task<GatewayClient> ConnectAsync() => GatewayClient.ConnectAsync(Server);

    public async ValueTask DisposeAsync()
    {
        _bot.Dispose();
        _page.Dispose();
        await Server.DisposeAsync();
    }
}

/// <summary>An HTTP answer, read.</summary>
internal sealed record Answer(int Status, JsonNode? Body, Dictionary<string, string> Headers)
{
    public int Code => (int)this["code"]!;

    public JsonNode? this[string field] => Body?[field];

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            var body = text.Length > 0 && response.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(text) : null;
            return new((int)response.StatusCode, body,
                response.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase));
        }
    }

    public T As<T>() => Body.Deserialize<T>(JsonSerializerOptions.Web)!;
}
