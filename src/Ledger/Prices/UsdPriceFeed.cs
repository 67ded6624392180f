using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Rally.Ledger.Prices;

/// <summary>Asks the feed once. What it answers is taken for anything: bounded in time and size, and parsed as text.</summary>
internal sealed class UsdPriceFeed(IOptions<LedgerOptions> options, TimeProvider time) : IDisposable
{
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private const int MostBytes = 1024 * 1024;
    private const int MostRedirects = 5;

    private readonly HttpClient _http = Client();

    /// <summary>How it went.</summary>
    public abstract record Reading
    {
        private Reading()
        {
        }

        /// <summary>The feed told a price, which may still be absurd.</summary>
        public sealed record Price(UsdRate Rate) : Reading;

        /// <summary>It told none.</summary>
        /// <param name="Reason">A sentence for the log; without the address, which may hold a key.</param>
        public sealed record Failed(string Reason) : Reading;
    }

    public async Task<Reading> ReadAsync(CancellationToken stop)
    {
        using var tooLong = new CancellationTokenSource(AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, tooLong.Token);
        try
        {
            using var answer = await GetAsync(new Uri(options.Value.UsdPrice.FeedUrl!), either.Token).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
                return new Reading.Failed($"it answers {(int)answer.StatusCode}.");
            await using var body = await answer.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            using var json = await JsonDocument.ParseAsync(body, cancellationToken: either.Token).ConfigureAwait(false);
            return Find(json.RootElement);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new Reading.Failed($"it does not answer in full within {AnswerTimeout.TotalSeconds:0} s.");
        }
        catch (HttpRequestException large) when (large.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return new Reading.Failed($"its answer is larger than {MostBytes} bytes.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new Reading.Failed($"it cannot be reached: {failure.Message}");
        }
        catch (Exception garbage) when (garbage is JsonException or InvalidOperationException) // the latter: a string that is no Unicode
        {
            return new Reading.Failed("its answer is not JSON.");
        }
        catch (RedirectRefusedException refused)
        {
            return new Reading.Failed(refused.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private static HttpClient Client()
    {
        var http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MostBytes,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Rally-Bots", "1"));
        http.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return http;
    }

    /// <summary>Follows redirects within one scheme, so that https stays https and nothing else is opened.</summary>
    private async Task<HttpResponseMessage> GetAsync(Uri url, CancellationToken stop)
    {
        for (var hops = 0; ; hops++)
        {
            var answer = await _http.GetAsync(url, HttpCompletionOption.ResponseContentRead, stop).ConfigureAwait(false);
            if (!IsRedirect(answer.StatusCode) || answer.Headers.Location is not { } location)
                return answer;
            answer.Dispose();
            var next = new Uri(url, location);
            if (next.Scheme != url.Scheme)
                throw new RedirectRefusedException($"it redirects from {url.Scheme} to {next.Scheme}: set FeedUrl to where it is now.");
            if (hops == MostRedirects)
                throw new RedirectRefusedException($"it redirects more than {MostRedirects} times.");
            url = next;
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => status is
        HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or
        HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private Reading Find(JsonElement top)
    {
        var pointer = options.Value.UsdPrice.JsonPointer!;
        var text = JsonPointer.Parse(pointer)!.Find(top) switch
        {
            { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
            { ValueKind: JsonValueKind.String } words => words.GetString(),
            null => null,
            _ => "",
        };
        if (text is null)
            return new Reading.Failed($"there is nothing at {pointer} in its answer.");
        return UsdRate.TryParse(text, out var rate)
            ? new Reading.Price(rate)
            : new Reading.Failed($"what is at {pointer} in its answer is no price above zero.");
    }

    private sealed class RedirectRefusedException(string message) : Exception(message);
}
