using System.Net;
using Polly;
using Polly.Retry;

namespace Rally.Bot.Network;

/// <summary>
/// The HTTP connection to the network: time-outs, and retries of what may be repeated (reads, and transfers, whose id
/// the caller makes). Token requests are never repeated: a refresh token sent twice would revoke its family.
/// </summary>
internal sealed class RallyHttp : DelegatingHandler
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;

    private RallyHttp(TimeProvider time, HttpMessageHandler connection)
        : base(connection)
    {
        _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = 3,
                Delay = TimeSpan.FromMilliseconds(200),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                DelayGenerator = retry => ValueTask.FromResult(AskedFor(retry.Outcome.Result, time)),
                // Who is asked to wait for long gets the answer at once, and waits with whatever it is for.
                ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                    .Handle<HttpRequestException>()
                    .HandleResult(answer => answer.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
                        && !(AskedFor(answer, time) > LongestWait)),
            })
            .Build();
    }

    /// <returns>What a network that wants fewer requests asks to wait; null where it does not say.</returns>
    public static TimeSpan? AskedFor(HttpResponseMessage? answer, TimeProvider time)
    {
        var wait = answer?.Headers.RetryAfter is { } asked ? asked.Delta ?? asked.Date - time.GetUtcNow() : null;
        return wait > TimeSpan.Zero ? wait : null;
    }

    /// <param name="time">For the waits between attempts.</param>
    /// <param name="connection">What carries the requests; real sockets when null.</param>
    public static HttpClient CreateClient(TimeProvider time, HttpMessageHandler? connection = null) =>
        new(new RallyHttp(time, connection ?? NewConnection())) { Timeout = TimeSpan.FromSeconds(20) };

    public static SocketsHttpHandler NewConnection() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri!.AbsolutePath.StartsWith("/oauth2/", StringComparison.Ordinal) && request.Method != HttpMethod.Get)
            return await base.SendAsync(request, cancellationToken);
        return await _pipeline.ExecuteAsync(
            async stop => await base.SendAsync(request, stop), cancellationToken);
    }
}
