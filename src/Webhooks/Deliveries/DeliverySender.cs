using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using Rally.Webhooks.Network;
using Rally.Webhooks.Signing;

namespace Rally.Webhooks.Deliveries;

/// <summary>Makes one attempt: signs, posts, and reads the answer to its end.</summary>
internal sealed class DeliverySender : IDisposable
{
    // For an endpoint that says that it is too busy, and not for how long.
    private static readonly TimeSpan WhenBusy = TimeSpan.FromMinutes(1);

    private static readonly DeliveryOutcome Delivered = new DeliveryOutcome.Delivered();

    private const string Broken = "The connection broke before the answer was complete.";

    // No HttpClient: all that it adds is a timeout and default headers, which cost something at every message.
    private readonly HttpMessageInvoker _http;
    private readonly WriteMessage _write;
    private readonly TimeProvider _time;
    private readonly TimeSpan _answerTimeout;
    private readonly Deadlines _deadlines;

    public DeliverySender(GuardedConnector connector, WriteMessage write, TimeProvider time, IOptions<WebhooksOptions> options)
    {
        (_time, _write, HeartbeatAfter) = (time, write, options.Value.Heartbeat);
        _answerTimeout = options.Value.AnswerTimeout;
        _deadlines = new(_answerTimeout, time);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = connector.ConnectAsync,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 16,
        });
    }

    /// <summary>See <see cref="WebhooksOptions.Heartbeat"/>.</summary>
    public TimeSpan HeartbeatAfter { get; }

    /// <summary>Makes an attempt at an event, with what its endpoint may know at this moment.</summary>
    /// <inheritdoc cref="SendAsync(DeliveryTarget, Message, long, CancellationToken)"/>
    /// <returns>Null when the endpoint's client may not know of it, and nothing was sent.</returns>
    public async Task<(DeliveryOutcome Outcome, Attempt Attempt)?> SendAsync(
        DeliveryTarget target, WebhookEvent happened, long number, CancellationToken stop) =>
        await _write.ExecuteAsync(target, happened, stop) is { } message ? await SendAsync(target, message, number, stop) : null;

    /// <summary>Makes an attempt.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="message">What.</param>
    /// <param name="number">1 for the first attempt in a row; 0 for one that somebody asked for.</param>
    /// <param name="stop">Ends it without an outcome.</param>
    public async Task<(DeliveryOutcome Outcome, Attempt Attempt)> SendAsync(
        DeliveryTarget target, Message message, long number, CancellationToken stop)
    {
        var (beganAt, began, answer) = (_time.GetUtcNow(), _time.GetTimestamp(), new Answer());
        var outcome = target.Signer is { } signer
            ? await PostAsync(target, signer, message, beganAt, answer, stop)
            : new DeliveryOutcome.Failed(
                "The signing keys cannot be read with this host's Data Protection keys: restore those, or make the endpoint anew.");
        return (outcome, new Attempt
        {
            Id = TimeOrder.NewIdAt(beganAt),
            EndpointId = target.EndpointId,
            MessageId = message.Id,
            Type = message.Type,
            Position = message.Position,
            Number = number,
            BeganAt = beganAt,
            DurationMs = (long)_time.GetElapsedTime(began).TotalMilliseconds,
            Status = answer.Status,
            Failure = outcome.Failure,
            AnswerHeaders = answer.Headers,
            Answer = answer.Start,
        });
    }

    public void Dispose()
    {
        _http.Dispose();
        _deadlines.Dispose();
    }

    private async Task<DeliveryOutcome> PostAsync(
        DeliveryTarget target, EndpointSigner signer, Message message, DateTimeOffset now, Answer answer, CancellationToken stop)
    {
        var tooLong = _deadlines.Begin();
        try
        {
            await using var ending = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), tooLong);
            using var request = Request(target, signer, message, now);
            using var response = await _http.SendAsync(request, tooLong.Token);
            await answer.ReadAsync(response, tooLong.Token);
            return Judge(response);
        }
        catch (OperationCanceledException) when (tooLong.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return new DeliveryOutcome.Failed($"No complete answer within {_answerTimeout.TotalSeconds:0} s.");
        }
        catch (HttpRequestException failure)
        {
            return new DeliveryOutcome.Failed(ReasonOf(failure));
        }
        catch (IOException)
        {
            return new DeliveryOutcome.Failed(Broken);
        }
        finally
        {
            _deadlines.End(tooLong);
        }
    }

    private static HttpRequestMessage Request(DeliveryTarget target, EndpointSigner signer, Message message, DateTimeOffset now)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ByteArrayContent(message.Body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "Rally-Webhooks/1");
        request.Headers.TryAddWithoutValidation(WebhookSignature.IdHeader, message.Id);
        request.Headers.TryAddWithoutValidation(WebhookSignature.TimestampHeader, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(WebhookSignature.SignatureHeader, signer.Sign(message.Id, now, message.Body));
        foreach (var (name, value) in target.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private static string ReasonOf(HttpRequestException failure) => failure switch
    {
        { InnerException: AddressRefusedException refused } => refused.Message,
        { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner } => $"No TLS connection: {inner.Message}",
        { HttpRequestError: HttpRequestError.Unknown or HttpRequestError.ResponseEnded } => Broken,
        _ => failure.Message,
    };

    private DeliveryOutcome Judge(HttpResponseMessage response) => response.StatusCode switch
    {
        >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous => Delivered,
        HttpStatusCode.Gone => new DeliveryOutcome.Gone(),
        >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest =>
            new DeliveryOutcome.Failed($"It answered {(int)response.StatusCode}; redirects are not followed."),
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout =>
            new DeliveryOutcome.Failed($"It answered {(int)response.StatusCode}.", RetryAfterOf(response) ?? WhenBusy),
        HttpStatusCode.ServiceUnavailable =>
            new DeliveryOutcome.Failed($"It answered {(int)response.StatusCode}.", RetryAfterOf(response)),
        var other => new DeliveryOutcome.Failed($"It answered {(int)other}."),
    };

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - _time.GetUtcNow()) : null;
}
