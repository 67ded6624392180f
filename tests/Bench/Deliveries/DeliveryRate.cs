using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Rally.Testing;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Signing;

namespace Rally.Bench.Deliveries;

/// <summary>
/// Deliveries a second of the whole way, from the log to what is stored of each signed delivery, against an HttpClient in bare loops
/// that posts messages of the same bytes, ready before the clock starts, to the same place; as many loops as there are endpoints.
/// </summary>
internal static class DeliveryRate
{
    private const int Endpoints = 64;
    private const string Coin = "PTM";

    // Until the runtime has compiled what runs often for the last time: in the first of them a fifth of ours was its compiler's.
    private const int WarmUps = 3;

    public static async Task RunAsync(bool quick)
    {
        var (events, rounds) = quick ? (1_000, 3) : (3_000, 5);
        using var folder = new TemporaryFolder();
        using var sink = await SinkProcess.StartAsync();
        var url = new Uri(sink.Address, "taken");
        var (begin, messages) = await PrepareAsync(folder.Path, url, events);
        var (ours, bare) = (new Side(() => DeliverAsync(folder.Path, begin, events)), new Side(() => PostAsync(url, messages)));
        for (var round = -WarmUps; round < rounds; round++)
        {
            foreach (var side in round % 2 == 0 ? new[] { ours, bare } : [bare, ours])
                await side.RunAsync(counts: round >= 0);
            var taken = await sink.CountAsync();
            if (taken != 2L * (round + WarmUps + 1) * events * Endpoints)
                throw new InvalidOperationException($"The sink took {taken} messages after round {round}.");
        }

        var deliveries = events * Endpoints;
        ours.Print(deliveries, $"signed deliveries to {Endpoints} endpoints in order each, log to stored progress and attempts, SQLite");
        bare.Print(deliveries, $"the same bytes by {Endpoints} bare HttpClient loops, unsigned by it and nothing stored");
        Measure.Ratio(bare.Seconds / ours.Seconds, 0.70, $"signed deliveries/s against the bare loops', median of {rounds} rounds in turns");
    }

    /// <summary>Fills the log; the messages are those of each endpoint in its order.</summary>
    private static async Task<(long Begin, List<Sent[]> Messages)> PrepareAsync(string folder, Uri url, int events)
    {
        await using var network = new BenchNetwork(folder);
        await network.OpenAsync();
        await network.LaunchAsync(Coin);
        var endpoints = await network.SubscribeAsync(Enumerable.Repeat((url, (string?)null), Endpoints));
        var begin = await network.LastPositionAsync();
        await network.PostAsync(Coin, events);
        var log = (await network.LogAsync(begin, events)).Select(transfer => WebhookEvent.AllOf(transfer)[0]).ToList();
        var (secret, seconds) = (WebhookSecret.Create(), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
        return (begin, [.. endpoints.Select(endpoint => log.Select(posted =>
        {
            var id = posted.MessageIdAt(endpoint);
            return new Sent(id, seconds.ToString(CultureInfo.InvariantCulture), WebhookSignature.Sign(secret, id, seconds, posted.Body), posted.Body);
        }).ToArray())]);
    }

    private static async Task<TimeSpan> DeliverAsync(string folder, long begin, int events)
    {
        var network = new BenchNetwork(folder);
        await network.OpenAsync();
        await network.PutBackAsync(begin);
        var watch = Stopwatch.StartNew();
        await network.StartAsync();
        await network.StoredAsync(begin + events, Endpoints);
        var elapsed = watch.Elapsed;
        await network.StopAsync();
        return elapsed;
    }

    private static async Task<TimeSpan> PostAsync(Uri url, List<Sent[]> messages)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Rally-Webhooks", "1"));
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(messages.Select(own => Task.Run(async () =>
        {
            foreach (var message in own)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(message.Body) };
                request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
                request.Headers.TryAddWithoutValidation(WebhookSignature.IdHeader, message.Id);
                request.Headers.TryAddWithoutValidation(WebhookSignature.TimestampHeader, message.Seconds);
                request.Headers.TryAddWithoutValidation(WebhookSignature.SignatureHeader, message.Signature);
                using var answer = await http.SendAsync(request);
                answer.EnsureSuccessStatusCode();
            }
        })));
        return watch.Elapsed;
    }

    private sealed record Sent(string Id, string Seconds, string Signature, byte[] Body);

    private sealed class Side(Func<Task<TimeSpan>> run)
    {
        private readonly List<double> _seconds = [];
        private readonly List<double> _processor = [];

        /// <summary>Of a round, the median.</summary>
        public double Seconds => Median(_seconds);

        public async Task RunAsync(bool counts)
        {
            GC.Collect();
            using var self = Process.GetCurrentProcess();
            var before = self.TotalProcessorTime;
            var elapsed = await run();
            self.Refresh();
            if (!counts)
                return;
            _seconds.Add(elapsed.TotalSeconds);
            _processor.Add((self.TotalProcessorTime - before).TotalMicroseconds);
        }

        public void Print(int deliveries, string what)
        {
            Measure.Value(deliveries / Seconds, "deliveries/s", $"{what}; rounds from {deliveries / _seconds.Max():0} to {deliveries / _seconds.Min():0}");
            Measure.Value(Median(_processor) / deliveries, "us", $"processor time of a delivery beside the sink's, {what}");
        }

        private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }
}
