using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Pages;

/// <summary>The log of attempts at an endpoint, with what came back, and the events that were given up there.</summary>
internal sealed class AttemptsPage(IOwnerSite site, ReadDeliveries read)
{
    private const int Attempts = 20;
    private const int Letters = 50;

    public Task<IResult> ShowAsync(HttpContext context) => OwnerRequest.ShowAsync(site, context, async request =>
    {
        var onlyFailed = request.Query("failed") is not null;
        var before = Guid.TryParse(request.Query("before"), out var last) ? last : (Guid?)null;
        if (await read.AttemptsAsync(request.ClientId, request.EndpointId, before, onlyFailed, Attempts, request.Stop) is not { } attempts)
            return request.NoEndpoint();
        var all = EndpointPage.Address(Paths.Attempts, request);
        var failed = QueryHelpers.AddQueryString(all, "failed", "1");
        return request.Page("Attempts", $"""
            <p>{(onlyFailed ? (Html)$"Those that failed. <a href=\"{all}\">Show all</a>" : (Html)$"All, the newest first. <a href=\"{failed}\">Show those that failed</a>")}</p>
            {(attempts.Count == 0 ? (Html)$"<p>There are none.</p>" : (Html)$"<ul class=\"apps\">{attempts.Select(attempt => Row(request, attempt))}</ul>")}
            {(attempts.Count < Attempts ? Html.Empty : (Html)$"<p><a href=\"{QueryHelpers.AddQueryString(onlyFailed ? failed : all, "before", attempts[^1].Id.ToString())}\">Earlier ones</a></p>")}
            {Back(request)}
            """);
    });

    public Task<IResult> ShowDeadAsync(HttpContext context) => OwnerRequest.ShowAsync(site, context, async request =>
    {
        var after = long.TryParse(request.Query("after"), NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : 0;
        if (await read.DeadLettersAsync(request.ClientId, request.EndpointId, after, Letters, request.Stop) is not { } letters)
            return request.NoEndpoint();
        var here = EndpointPage.Address(Paths.DeadLetters, request);
        return request.Page("Events that were given up", $"""
            <p>Each failed in all its attempts. Sent again and taken, it is off this list.</p>
            {(letters.Count == 0 ? (Html)$"<p>There are none.</p>" : (Html)$"<ul class=\"apps\">{letters.Select(Html (letter) => $"""
              <li>
                <p><strong>{letter.Type} at position {letter.Position}</strong>, given up {Show.Time(letter.DiedAt)} after {letter.Attempts} attempts</p>
                <p class="hint">{letter.Reason}</p>
                {Again(request, letter.Position, letter.Type, letter.Change == 0 ? null : letter.Change)}
              </li>
              """)}</ul>")}
            {(letters.Count < Letters ? Html.Empty : (Html)$"<p><a href=\"{QueryHelpers.AddQueryString(here, "after", letters[^1].Position.ToString(CultureInfo.InvariantCulture))}\">Later ones</a></p>")}
            {Back(request)}
            """);
    });

    /// <summary>What came of one that was just made.</summary>
    public static IResult One(OwnerRequest request, string title, Attempt attempt) => request.Page(title, $"""
        <p class="{(attempt.Failure is null ? "link" : "warning")}" role="status">{Outcome(attempt)}</p>
        {Details(attempt)}
        <p><a href="{EndpointPage.Address(Paths.Attempts, request)}">Log of attempts</a></p>
        {Back(request)}
        """);

    private static Html Row(OwnerRequest request, Attempt attempt) => $"""
        <li>
          <p><strong>{Subject(attempt)}</strong>, {Show.Time(attempt.BeganAt)}</p>
          <p class="{(attempt.Failure is null ? "hint" : "warning")}">{Outcome(attempt)}</p>
          <details>
            <summary>What came back</summary>
            {Details(attempt)}
          </details>
          {(attempt.Position is { } position ? Again(request, position, attempt.Type, attempt.Change) : Html.Empty)}
        </li>
        """;

    private static Html Subject(Attempt attempt) => attempt.Position is { } position
        ? (Html)$"{attempt.Type} at position {position}, {(attempt.Number == 0 ? (Html)$"asked for" : (Html)$"attempt {attempt.Number}")}"
        : (Html)$"{attempt.Type}";

    private static Html Outcome(Attempt attempt) => attempt.Failure is { } failure
        ? (Html)$"<strong>Failed.</strong> {failure}"
        : (Html)$"Delivered, answered {attempt.Status ?? 0} in {attempt.DurationMs} ms.";

    private static Html Details(Attempt attempt) => $"""
        <dl>
          <dt>Message</dt><dd><code>{attempt.MessageId}</code></dd>
          <dt>Answer</dt><dd>{(attempt.Status is { } status ? (Html)$"{status} after {attempt.DurationMs} ms" : (Html)$"none after {attempt.DurationMs} ms")}</dd>
          {(string.IsNullOrEmpty(attempt.AnswerHeaders) ? Html.Empty : (Html)$"<dt>Its headers</dt>{attempt.AnswerHeaders.TrimEnd('\n').Split('\n').Select(Html (line) => $"<dd><code>{line}</code></dd>")}")}
          {(attempt.Answer is null ? Html.Empty : (Html)$"<dt>Its first 4 KB</dt><dd><code>{Encoding.UTF8.GetString(attempt.Answer)}</code></dd>")}
        </dl>
        """;

    private static Html Again(OwnerRequest request, long position, string type, long? change) => $"""
        <form method="post" action="{EndpointPage.Address(Paths.Resend, request)}">
          {request.Token}
          {(change is { } number ? (Html)$"<input type=\"hidden\" name=\"change\" value=\"{number}\">" : (Html)$"<input type=\"hidden\" name=\"type\" value=\"{type}\">")}
          <button name="position" value="{position}" class="quiet" aria-label="Send again: {type} at position {position}">Send again</button>
        </form>
        """;

    private static Html Back(OwnerRequest request) => $"""<p><a href="{EndpointPage.Address(Paths.Endpoint, request)}">The endpoint</a></p>""";
}
