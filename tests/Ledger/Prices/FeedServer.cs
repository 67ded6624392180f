using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rally.Ledger.Tests.Prices;

/// <summary>A price feed on loopback that answers as the test tells it.</summary>
internal sealed class FeedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private FeedServer(WebApplication app) => _app = app;

    public string Url => _app.Urls.First() + "/price?key=secret-key";

    /// <summary>How often the feed was asked, redirects included.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public static async Task<FeedServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new FeedServer(app);
        app.Run(context =>
        {
            Interlocked.Increment(ref server._requests);
            return server.Answer(context);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>Answers <c>{"rally":{"usd":…}}</c> with this in place of the dots.</summary>
    public void Says(string json) => Answer = context => context.Response.WriteAsync($$$"""{"rally":{"usd":{{{json}}}}}""");

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
