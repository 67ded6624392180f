using System.Text.Json;
using System.Text.RegularExpressions;

namespace Rally.Acceptance.Tests.Fuzz;

/// <summary>Whether an answer is one that a malformed request may get.</summary>
internal static partial class Judge
{
    // What the web server reads as the first line, unless it is told otherwise.
    private const int LongestLine = 8 * 1024;

    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? FaultOf(Skeleton skeleton, WireRequest request, Outcome outcome, WireAnswer answer)
    {
        if (answer.Status == 0)
            return request.EndsEarly || outcome.MayBeBare ? null : "hung up without an answer";
        // RFC 9110, 15.6.6, has a 5xx for it, which the web server says by itself.
        if (answer.Status >= 500 && !(answer.Status == 505 && request.Version != "HTTP/1.1"))
            return $"{answer.Status}";
        if (InsideWords().Match(answer.Body) is { Success: true } inside && !request.Target.Contains(inside.Value, StringComparison.Ordinal))
            return $"shows its inside: {inside.Value}";
        if (answer.Status < 400)
            return outcome.MustRefuse && !IsRefusal(answer) ? $"{answer.Status} to what cannot be right" : null;
        if (answer.Body.Length == 0)
            return outcome.MayBeBare || request.Method == "HEAD" || !IsText(request) || (answer.Status == 414 && IsLineTooLong(request)) ? null : $"{answer.Status} without a body";
        return FaultOfBody(skeleton, answer);
    }

    /// <summary>A browser that is not signed in is sent to do so; RFC 6749, 4.1.2.1, sends errors to the client.</summary>
    private static bool IsRefusal(WireAnswer answer) =>
        answer.Status is 302 or 303 && answer.Headers.GetValueOrDefault("location") is { } location
        && (location.StartsWith("/sign-in", StringComparison.Ordinal) || location.Contains("error=", StringComparison.Ordinal));

    // The web server takes nothing but ASCII before the body.
    private static bool IsText(WireRequest request) =>
        request.Headers.Select(header => header.Name + header.Value).Append(request.Target).All(text => text.All(one => one is >= ' ' and <= '~' or '\t'));

    private static bool IsLineTooLong(WireRequest request) =>
        $"{request.Method} {request.Target} {request.Version}{request.LineEnd}".Length > LongestLine;

    private static string? FaultOfBody(Skeleton skeleton, WireAnswer answer)
    {
        switch (answer.MediaType)
        {
            case "application/problem+json":
                using (var problem = JsonDocument.Parse(answer.Body))
                {
                    var root = problem.RootElement;
                    return root.GetProperty("status").GetInt32() == answer.Status && root.GetProperty("title").GetString() is { Length: > 0 } && root.GetProperty("type").GetString() is { Length: > 0 }
                        ? null : $"{answer.Status} with a problem that does not say which: {answer.Body}";
                }

            case "application/json" when skeleton.Surface == Surface.OAuth:
                using (var error = JsonDocument.Parse(answer.Body))
                    return error.RootElement.GetProperty("error").GetString() is { Length: > 0 } ? null : $"{answer.Status} without the RFC's error: {answer.Body}";
            case "text/html" when skeleton.Surface == Surface.Page:
                return answer.Body.Contains("<h1>", StringComparison.Ordinal) ? null : $"{answer.Status} with a page that is not ours";
            default:
                return $"{answer.Status} as {answer.MediaType}: {answer.Body[..Math.Min(200, answer.Body.Length)]}";
        }
    }

    // A stack trace's lines, and how exceptions and the libraries below us are named.
    [GeneratedRegex(@"\bat [A-Z]\w+(\.\w+)+\(|[A-Za-z]Exception\b|\bNpgsql\b|\bSqlite|\bSQLite\b|\bMicrosoft\.\w+\.|\bSystem\.\w+\.|PostgresE|\b[0-9A-Z]{5}: (invalid|duplicate|value)")]
    private static partial Regex InsideWords();
}
