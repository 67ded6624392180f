using System.Globalization;

namespace Rally.Bench.Tokens;

/// <summary>One server's part of a comparison, over all rounds.</summary>
internal sealed class Side(TokenServer server, string kind)
{
    private readonly List<Wrk.Run> _runs = [];
    private TimeSpan _processor;

    private long Requests => _runs.Sum(run => run.Requests);

    /// <summary>Right answers a second.</summary>
    public double Rate => (Requests - Wrong) / _runs.Sum(run => run.Elapsed.TotalSeconds);

    private long Wrong => _runs.Sum(run => run.Wrong);

    public async Task RunAsync(TimeSpan duration, bool counts)
    {
        // Some more than there are connections: wrk asks for one before it begins.
        IReadOnlyList<string> tokens = kind switch
        {
            "refresh_token" => await server.RefreshTokensAsync(Wrk.Connections + 8),
            "introspect" => await AccessTokensAsync(),
            _ => [],
        };
        var endpoint = kind == "introspect" ? server.IntrospectionEndpoint : server.TokenEndpoint;
        var before = server.Processor;
        var run = await Wrk.RunAsync(kind, endpoint, TokenServer.Basic, tokens, duration);
        if (!counts)
            return;
        _runs.Add(run);
        _processor += server.Processor - before;
    }

    public void Print(string title)
    {
        var rates = _runs.Select(run => run.Requests / run.Elapsed.TotalSeconds).Order().ToArray();
        Measure.Value(Rate, "requests/s", string.Create(CultureInfo.InvariantCulture, $"{title}; rounds from {rates[0]:0} to {rates[^1]:0}"));
        Measure.Value(Median(run => run.Median), "ms", $"{title}, p50");
        Measure.Value(Median(run => run.P99), "ms", $"{title}, p99, median of the rounds'");
        Measure.Value(Wrong, "answers", $"{title}, not a 200 with what was asked for, of {Requests}");
        Measure.Value(_processor.TotalMicroseconds / Requests, "us", $"{title}, processor time of the server a request");
        Measure.Value(_runs.Sum(run => run.Processor.TotalMicroseconds) / Requests, "us", $"{title}, processor time of the load a request");
    }

    private double Median(Func<Wrk.Run, TimeSpan> of) => _runs.Select(run => of(run).TotalMilliseconds).Order().ElementAt(_runs.Count / 2);

    private async Task<IReadOnlyList<string>> AccessTokensAsync()
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Basic", TokenServer.Basic);
        var tokens = new List<string>();
        while (tokens.Count < Wrk.Connections)
        {
            using var form = new FormUrlEncodedContent([new("grant_type", "client_credentials")]);
            using var answer = await http.PostAsync(server.TokenEndpoint, form);
            answer.EnsureSuccessStatusCode();
            using var body = System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            tokens.Add(body.RootElement.GetProperty("access_token").GetString()!);
        }

        return tokens;
    }
}
