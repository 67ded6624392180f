using System.Diagnostics;
using System.Globalization;

namespace Rally.Bench.Tokens;

/// <summary>
/// The load: wrk, one thread with 64 connections that each ask again as soon as they are answered. A program in C takes the
/// least of the processors that both servers need too; native/oauth.lua looks at each answer, the same for either.
/// </summary>
internal static class Wrk
{
    public const int Connections = 64;

    /// <summary>What one run saw.</summary>
    /// <param name="Requests">Answered, right or wrong.</param>
    /// <param name="Elapsed">From first to last.</param>
    /// <param name="Median">Half of all answers came within this.</param>
    /// <param name="P99">99 of a hundred did.</param>
    /// <param name="Wrong">Answers without what was asked for, and failures of the connection.</param>
    /// <param name="Processor">Time of processors that wrk itself took.</param>
    internal sealed record Run(long Requests, TimeSpan Elapsed, TimeSpan Median, TimeSpan P99, long Wrong, TimeSpan Processor);

    /// <param name="kind">client_credentials, refresh_token or introspect.</param>
    /// <param name="url">Of the endpoint.</param>
    /// <param name="basic">Client id and secret, as HTTP Basic has them.</param>
    /// <param name="tokens">For the kinds that send one.</param>
    /// <param name="duration">Of the load.</param>
    public static async Task<Run> RunAsync(string kind, Uri url, string basic, IReadOnlyList<string> tokens, TimeSpan duration)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllLinesAsync(file, tokens);
            var script = Path.Combine(AppContext.BaseDirectory, "native", "oauth.lua");
            var start = new ProcessStartInfo(
                "wrk", ["-t1", $"-c{Connections}", $"-d{duration.TotalSeconds}s", "--timeout=10s", "-s", script, url.ToString(), "--", kind, basic, file])
            {
                RedirectStandardOutput = true,
            };
            using var process = Process.Start(start)!;
            var lines = (await process.StandardOutput.ReadToEndAsync()).TrimEnd().Split('\n');
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"wrk failed: {string.Join('\n', lines)}");
            var figures = lines[^1].Split(' ').Select(figure => long.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
            return new Run(
                figures[0], TimeSpan.FromMicroseconds(figures[1]), TimeSpan.FromMicroseconds(figures[2]), TimeSpan.FromMicroseconds(figures[3]),
                figures[4] + figures[5], TimeSpan.FromMicroseconds(figures[6]));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
