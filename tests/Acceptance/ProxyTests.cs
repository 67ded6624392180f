using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Rally.Bot.Hosting;
using Rally.Testing;

namespace Rally.Acceptance.Tests;

/// <summary>Behind a reverse proxy: whose word on the caller is taken, and what browsers are told of TLS.</summary>
public sealed class ProxyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(null, "198.51.100.7", "127.0.0.1", "http")]
    [InlineData("10.0.0.0/8", "198.51.100.7", "127.0.0.1", "http")]
    [InlineData("127.0.0.1", "198.51.100.7", "198.51.100.7", "https")]
    [InlineData("127.0.0.0/8; 10.1.2.3", "198.51.100.7, 10.1.2.3", "198.51.100.7", "https")]
    [InlineData("127.0.0.1", "203.0.113.1, 198.51.100.7", "198.51.100.7", "https")]
    public async Task Only_a_configured_proxy_says_who_calls(string? proxies, string forwarded, string caller, string scheme)
    {
        await using var app = Build(("Proxies", proxies), ("PublicUrl", null));
        app.MapGet("/test/caller", (HttpContext context) => $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host.Host}");
        await RallyHost.StartAsync(app, default);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/test/caller");
        request.Headers.Add("X-Forwarded-For", forwarded);
        request.Headers.Add("X-Forwarded-Proto", forwarded.Contains(',', StringComparison.Ordinal) ? "https, https" : "https");
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var answer = await http.SendAsync(request);
        Assert.Equal($"{caller} {scheme} 127.0.0.1", await answer.Content.ReadAsStringAsync());
        Assert.Equal(scheme == "https", answer.Headers.Contains("Strict-Transport-Security"));
    }

    [Fact]
    public async Task Behind_https_every_answer_asks_browsers_to_keep_to_it_and_the_missing_proxy_is_said()
    {
        var logs = new CapturedLogs();
        await using var app = Build(logs, ("PublicUrl", "https://rally.example"));
        app.MapGet("/test/fault", string () => throw new InvalidOperationException("on purpose"));
        await RallyHost.StartAsync(app, default);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(app.Urls.First()) };
        foreach (var (path, status) in new[]
        {
            ("/", HttpStatusCode.OK), ("/account", HttpStatusCode.SeeOther), ("/nothing", HttpStatusCode.NotFound),
            ("/test/fault", HttpStatusCode.InternalServerError), ("/favicon.ico", HttpStatusCode.OK),
        })
        {
            using var answer = await http.GetAsync(path);
            Assert.Equal(status, answer.StatusCode);
            Assert.Equal("max-age=31536000", answer.Headers.GetValues("Strict-Transport-Security").Single());
        }

        Assert.Single(logs.Lines, line => line.Text.Contains("set Proxies", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Over_plain_http_nothing_is_said_of_tls_and_there_is_an_icon()
    {
        var logs = new CapturedLogs();
        await using var app = Build(logs, ("PublicUrl", null));
        await RallyHost.StartAsync(app, default);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        using var icon = await http.GetAsync("/favicon.ico");
        Assert.Equal("image/x-icon", icon.Content.Headers.ContentType!.MediaType);
        Assert.Equal([0, 0, 1, 0], (await icon.Content.ReadAsByteArrayAsync())[..4]);
        Assert.False(icon.Headers.Contains("Strict-Transport-Security"));
        Assert.DoesNotContain(logs.Lines, line => line.Text.Contains("set Proxies", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("127.0.0.1;10.0.0.0/99")]
    public void A_proxy_that_is_no_address_is_refused(string proxies) =>
        Assert.StartsWith("Proxies: ", Assert.Throws<SettingException>(() => Build(("Proxies", proxies))).Message, StringComparison.Ordinal);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_APIs_document_is_made_once_for_each_host_that_is_asked()
    {
        await using var app = Build();
        await RallyHost.StartAsync(app, CancellationToken.None);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        using var made = await http.GetAsync("/openapi/v1.json");
        using var kept = await http.GetAsync("/openapi/v1.json?else=1");
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/openapi/v1.json") { Headers = { Host = "rally.example" } };
        using var elsewhere = await http.SendAsync(asked);

        Assert.Null(made.Headers.Age);
        Assert.NotNull(kept.Headers.Age);
        Assert.Equal(await made.Content.ReadAsStringAsync(), await kept.Content.ReadAsStringAsync());
        Assert.Null(elsewhere.Headers.Age);
        Assert.Contains("rally.example", await elsewhere.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await app.StopAsync();
    }

    private WebApplication Build(params (string Name, string? Value)[] settings) => Build(new CapturedLogs(), settings);

    private WebApplication Build(CapturedLogs logs, params (string Name, string? Value)[] settings)
    {
        return RallyHost.Build(
            new Dictionary<string, string?> { ["Data"] = _folder.Path, ["Listen"] = "http://127.0.0.1:0" }
                .Concat(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value))),
            services => services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(logs));
    }
}
