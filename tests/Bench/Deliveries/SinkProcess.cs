using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Rally.Bench.Deliveries;

/// <summary>
/// What deliveries are posted to: a web server on loopback, in a process of its own. It reads each message to its end and answers
/// 204; below <c>/timed</c> it keeps when each came, below <c>/hang</c> it never answers.
/// </summary>
internal sealed class SinkProcess : IDisposable
{
    private const string Variable = "RALLY_BENCH_SINK";

    private readonly Process _process;
    private readonly HttpClient _http;

    private SinkProcess(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };
    }

    /// <summary>Whether this process was started to be one.</summary>
    public static bool IsAsked => Environment.GetEnvironmentVariable(Variable) is not null;

    public Uri Address { get; }

    public static async Task<SinkProcess> StartAsync()
    {
        var process = BenchProcess.Start(Variable, "1");
        var address = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The sink ended early.");
        return new(process, new Uri(address));
    }

    /// <summary>When each transfer arrived below <c>/timed</c>, in the machine's ticks, since it was last asked.</summary>
    public async Task<IReadOnlyList<(Guid Transfer, long At)>> ArrivalsAsync()
    {
        var lines = (await _http.GetStringAsync("arrivals")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(line => (Guid.Parse(line.AsSpan(0, 36)), long.Parse(line.AsSpan(37), CultureInfo.InvariantCulture)))];
    }

    /// <summary>How many messages it has taken, those that hang apart.</summary>
    public async Task<long> CountAsync() => long.Parse(await _http.GetStringAsync("count"), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _http.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    /// <summary>Serves until it is killed.</summary>
    public static async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var (gate, timed, taken) = (new Lock(), new List<(long At, byte[] Body)>(), 0L);
        app.MapGet("/count", () => Interlocked.Read(ref taken));
        app.MapGet("/arrivals", () =>
        {
            lock (gate)
            {
                var lines = string.Concat(timed.Select(one => $"{TransferOf(one.Body)} {one.At}\n"));
                timed.Clear();
                return lines;
            }
        });
        app.MapPost("/hang", async context => await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));
        app.MapPost("/timed", async context =>
        {
            var body = new byte[context.Request.ContentLength!.Value];
            await context.Request.Body.ReadExactlyAsync(body);
            lock (gate)
                timed.Add((Stopwatch.GetTimestamp(), body));
            context.Response.StatusCode = 204;
        });
        app.MapPost("/taken", async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            Interlocked.Increment(ref taken);
            context.Response.StatusCode = 204;
        });
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Task.Delay(Timeout.Infinite);
    }

    private static Guid TransferOf(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("data").GetProperty("id").GetGuid();
    }
}
