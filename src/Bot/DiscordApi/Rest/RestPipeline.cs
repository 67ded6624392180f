using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Rally.Bot.DiscordApi.Models;

namespace Rally.Bot.DiscordApi.Rest;

/// <summary>
/// Sends calls within Discord's limits and again where that helps: after a 429 always, after a 5xx or a network fault
/// only what is repeatable (or was never sent), with growing waits, <see cref="DiscordOptions.MaxAttempts"/> times.
/// </summary>
internal sealed class RestPipeline(DiscordOptions options, HttpClient http, TimeProvider time, Jitter jitter, ILogger log) : IDisposable
{
    private const int MaxReasonLength = 512;

    private readonly RateLimits _limits = new(time);
    private readonly SlidingWindow _global = new(options.GlobalRequestsPerSecond, TimeSpan.FromSeconds(1), time);
    private readonly RequestGuard _guard = new(options.InvalidRequestBudget, time);
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(20), jitter);
    private readonly string _root = options.ApiBase.AbsoluteUri.TrimEnd('/');
    private readonly string _userAgent = $"DiscordBot ({options.HomePage}, {options.Version})";

    /// <summary>The answer's body; empty where Discord sends none.</summary>
    /// <exception cref="DiscordApiException">Discord refused, or failed to the last attempt.</exception>
    /// <exception cref="DiscordStoppedException">Nothing may be sent now.</exception>
    /// <exception cref="HttpRequestException">Discord could not be reached.</exception>
    public async Task<byte[]> SendAsync(RestCall call, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            var last = attempt >= options.MaxAttempts;
            switch (await AttemptAsync(call, stop))
            {
                case Attempt.Answered answered:
                    return answered.Body;
                case Attempt.Refused refused when last || !refused.MayRetry:
                    throw refused.Fault;
                case Attempt.Refused { WaitsInQueue: true }:
                    break;
                case Attempt.Refused refused:
                    var wait = _backoff.After(attempt);
                    log.LogWarning("{Route} failed ({Fault}); again in {Wait} s.", call.Route, refused.Fault.Message, wait.TotalSeconds);
                    await Task.Delay(wait, time, stop);
                    break;
            }
        }
    }

    public void Dispose()
    {
        _global.Dispose();
        http.Dispose();
    }

    private async Task<Attempt> AttemptAsync(RestCall call, CancellationToken stop)
    {
        _guard.ThrowIfStopped(call.AsBot);
        var bucket = await _limits.EnterAsync(call.Route, stop);
        try
        {
            if (call.AsBot)
                await _global.EnterAsync(stop);
            // Others may have been refused while this one queued.
            _guard.ThrowIfStopped(call.AsBot);
            return await ExchangeAsync(call, bucket, stop);
        }
        finally
        {
            bucket.Leave();
        }
    }

    private async Task<Attempt> ExchangeAsync(RestCall call, RateLimitBucket bucket, CancellationToken stop)
    {
        using var tooLong = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // In real time, whatever clock the limits go by: the network knows no other.
        tooLong.CancelAfter(options.RequestTimeout);
        try
        {
            using var request = Compose(call);
            using var response = await http.SendAsync(request, tooLong.Token);
            var body = await response.Content.ReadAsByteArrayAsync(tooLong.Token);
            _limits.Answered(call.Route, bucket, RateLimitHeaders.TryRead(response));
            if (response.IsSuccessStatusCode)
                return new Attempt.Answered(body);
            return Refuse(call, bucket, response, DiscordErrorBody.TryRead(body));
        }
        catch (HttpRequestException fault)
        {
            var neverSent = fault.HttpRequestError
                is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError;
            return new Attempt.Refused(fault, MayRetry: call.Repeatable || neverSent);
        }
        catch (OperationCanceledException fault) when (!stop.IsCancellationRequested)
        {
            var seconds = options.RequestTimeout.TotalSeconds;
            return new Attempt.Refused(
                new HttpRequestException($"Discord did not answer {call.Route} within {seconds} s.", fault), call.Repeatable);
        }
    }

    private Attempt.Refused Refuse(RestCall call, RateLimitBucket bucket, HttpResponseMessage response, DiscordErrorBody? body)
    {
        var status = response.StatusCode;
        var scope = RateLimitHeaders.Scope(response);
        _guard.Count(status, call.AsBot, sharedLimit: scope == "shared");
        var fault = DiscordErrorBody.ToException(body, status, call.Route);
        if (status != HttpStatusCode.TooManyRequests)
            return new(fault, MayRetry: (int)status >= 500 && call.Repeatable);

        var retryAfter = Max(RateLimitHeaders.RetryAfter(response), body?.RetryAfter) ?? TimeSpan.FromSeconds(5);
        // Without Discord's JSON it is the proxy before Discord that shuts everything out.
        var everything = body is null || body.Global || scope == "global";
        log.LogWarning(
            "{Route} hit a rate limit ({Scope}); {What} for {Wait} s.",
            call.Route, scope ?? "none told", everything ? "everything waits" : "its bucket waits", retryAfter.TotalSeconds);
        if (everything)
            _global.PauseFor(retryAfter);
        if (!everything || !call.AsBot)
            bucket.Block(retryAfter);
        return new(fault, MayRetry: true, WaitsInQueue: true);
    }

    private HttpRequestMessage Compose(RestCall call)
    {
        var request = new HttpRequestMessage(call.Route.Method, _root + call.Route.Path);
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        if (call.AsBot)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bot", options.Token);
        if (call.AuditLogReason is { Length: > 0 } reason)
        {
            var cut = reason.Length <= MaxReasonLength ? reason : reason[..MaxReasonLength];
            request.Headers.TryAddWithoutValidation("X-Audit-Log-Reason", Uri.EscapeDataString(cut));
        }

        if (call.Body is not null)
            request.Content = Compose(Json(call.Body), call.Files ?? []);
        return request;
    }

    private static HttpContent Compose(HttpContent json, IReadOnlyList<MessageFile> files)
    {
        if (files.Count == 0)
            return json;
        var parts = new MultipartFormDataContent { { json, "payload_json" } };
        foreach (var (index, file) in files.Index())
        {
            var content = new ReadOnlyMemoryContent(file.Content);
            content.Headers.ContentType = new MediaTypeHeaderValue(file.ContentType);
            parts.Add(content, $"files[{index}]", file.Name);
        }

        return parts;
    }

    private static ByteArrayContent Json(object body)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, body.GetType(), DiscordJson.Options));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static TimeSpan? Max(TimeSpan? a, TimeSpan? b) => a is null || b > a ? b : a;

    private abstract record Attempt
    {
        public sealed record Answered(byte[] Body) : Attempt;

        /// <param name="WaitsInQueue">The limits already hold the next attempt back.</param>
        public sealed record Refused(Exception Fault, bool MayRetry, bool WaitsInQueue = false) : Attempt;
    }
}
