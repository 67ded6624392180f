using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Rally.Webhooks.Network;
using Rally.Webhooks.Signing;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>Makes one attempt: signs, posts, and reads the answer to its end.</summary>
internal sealed class DeliverySender : IDisposable
{
    // What is longer is cut off: the status is all that counts.
    private const int MostAnswerBytes = 64 * 1024;

    private const string Broken = "The connection broke before the answer was complete.";

    private readonly HttpClient _http;
    private readonly SecretVault _vault;
    private readonly TimeProvider _time;
    private readonly TimeSpan _answerTimeout;

    public DeliverySender(GuardedConnector connector, SecretVault vault, TimeProvider time, IOptions<WebhooksOptions> options)
    {
        _vault = vault;
        _time = time;
        _answerTimeout = options.Value.AnswerTimeout;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = connector.ConnectAsync,
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxResponseHeadersLength = 16,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Rally-Webhooks", "1"));
    }

    public async Task<DeliveryOutcome> SendAsync(Endpoint endpoint, WebhookEvent posted, CancellationToken stop)
    {
        using var tooLong = new CancellationTokenSource(_answerTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, tooLong.Token);
        try
        {
            using var request = Sign(endpoint, posted);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            await ReadToEndAsync(response, either.Token);
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
        catch (CryptographicException)
        {
            return new DeliveryOutcome.Failed(
                "The signing secret cannot be read with this host's Data Protection keys: restore the keys, or make the endpoint anew.");
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Sign(Endpoint endpoint, WebhookEvent posted)
    {
        var id = posted.IdAt(endpoint.Id);
        var timestampSeconds = _time.GetUtcNow().ToUnixTimeSeconds();
        var secret = _vault.Open(endpoint.Secret);
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Url) { Content = new ByteArrayContent(posted.Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(WebhookSignature.IdHeader, id);
        request.Headers.Add(WebhookSignature.TimestampHeader, timestampSeconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Sign(secret, id, timestampSeconds, posted.Body));
        return request;
    }

    private static async Task ReadToEndAsync(HttpResponseMessage response, CancellationToken stop)
    {
        var buffer = new byte[4_096];
        await using var answer = await response.Content.ReadAsStreamAsync(stop);
        for (var total = 0; total <= MostAnswerBytes;)
        {
            var read = await answer.ReadAsync(buffer, stop);
            if (read == 0)
                return;
            total += read;
        }
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
        >= HttpStatusCode.OK and < HttpStatusCode.Ambiguous => new DeliveryOutcome.Delivered(),
        HttpStatusCode.Gone => new DeliveryOutcome.Gone(),
        >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest =>
            new DeliveryOutcome.Failed($"It answered {(int)response.StatusCode}; redirects are not followed."),
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable =>
            new DeliveryOutcome.Failed($"It answered {(int)response.StatusCode}.", RetryAfterOf(response)),
        var other => new DeliveryOutcome.Failed($"It answered {(int)other}."),
    };

    private TimeSpan? RetryAfterOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - _time.GetUtcNow()) : null;
}
