using Microsoft.AspNetCore.Http;
using Rally.Webhooks.Deliveries;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Pages;

/// <summary>One endpoint, for its owner: how it stands, what it gets, its keys, and all that can be done about it.</summary>
internal sealed class EndpointPage(IOwnerSite site, ReadEndpoints read, ReadDeliveries deliveries)
{
    public Task<IResult> ShowAsync(HttpContext context) => OwnerRequest.ShowAsync(site, context, request => AnswerAsync(request, null, null, null));

    /// <param name="request">Who asks about which endpoint.</param>
    /// <param name="typed">What was typed, when it was refused; null for what is stored.</param>
    /// <param name="fault">Why it was refused.</param>
    /// <param name="note">What was done.</param>
    public async Task<IResult> AnswerAsync(OwnerRequest request, EndpointFields? typed, string? fault, string? note)
    {
        if (await read.ExecuteAsync(new(request.ClientId, request.EndpointId), request.Stop) is not [var status]
            || await deliveries.KeysAsync(request.ClientId, request.EndpointId, request.Stop) is not { } keyring)
            return request.NoEndpoint();
        var endpoint = status.Endpoint;
        return request.Page("Webhook endpoint", $"""
            {Show.Errors(fault)}
            {Show.Note(note)}
            <p><code>{endpoint.Url}</code></p>
            <p class="{Show.LookOf(status)}">{Show.State(status)}</p>
            <p class="hint">{Show.LastDelivery(status)} Made {Show.Time(endpoint.CreatedAt)}.</p>
            <ul class="plain">
              <li><a href="{Address(Paths.Attempts, request)}">Log of attempts</a></li>
              <li><a href="{Address(Paths.DeadLetters, request)}">Events that were given up: {status.DeadLetters}</a></li>
            </ul>
            {(endpoint.DisabledAt is null
                ? Button(request, Paths.Test, "Send a test event", "quiet")
                : (Html)$"{Button(request, Paths.Switch, "Enable it", "", "enable")}{Button(request, Paths.Test, "Send a test event", "quiet")}")}
            {request.Proof}
            <h2>What it gets</h2>
            <form method="post" action="{Address(Paths.Endpoint, request)}">
              {request.Token}
              {((typed ?? EndpointFields.Of(endpoint)) with { Format = endpoint.Format }).Form(keyring.Headers)}
              <button>Save</button>
            </form>
            {Keys(request, keyring)}
            {Recover(request)}
            <h2>Stop it</h2>
            {(endpoint.DisabledAt is null ? Button(request, Paths.Switch, "Disable it", "quiet", "disable") : Html.Empty)}
            <form method="post" action="{Address(Paths.Remove, request)}">
              {request.Token}
              <label class="check"><input type="checkbox" name="confirm" required> <span>Remove it, with its log. What it has not had is lost to it.</span></label>
              <button class="quiet">Remove the endpoint</button>
            </form>
            <p><a href="{Paths.OfApp(Paths.Endpoints, request.ClientId)}">Webhook endpoints of {request.Visit.AppName}</a></p>
            """, isFault: fault is not null);
    }

    public static string Address(string path, OwnerRequest request) => Paths.OfEndpoint(path, request.ClientId, request.EndpointId);

    private static Html Keys(OwnerRequest request, ReadDeliveries.Keyring keyring) => $"""
        <h2>Keys</h2>
        <ul class="apps">{keyring.Keys.Select(Html (key) => $"""
          <li>
            <p><code>{key.Kind}</code>, made {Show.Time(key.CreatedAt)}{(key.EndsAt is { } ends ? (Html)$", signs until {Show.Time(ends)}" : Html.Empty)}</p>
            {(key.PublicKey is null ? Html.Empty : (Html)$"<p class=\"hint\">Public key <code>{key.PublicKey}</code></p>")}
          </li>
          """)}</ul>
        <form method="post" action="{Address(Paths.Rotate, request)}">
          {request.Token}
          <label for="kind">Another key</label>
          <select id="kind" name="kind">
            <option value="{EndpointKey.Symmetric}">v1: a secret that both have</option>
            <option value="{EndpointKey.Asymmetric}">v1a: Ed25519</option>
          </select>
          <label for="overlap">The one before signs as well</label>
          <select id="overlap" name="overlap">
            <option value="{RotateKey.DefaultOverlap.TotalSeconds.ToString("0", null)}">for a day</option>
            <option value="{RotateKey.LongestOverlap.TotalSeconds.ToString("0", null)}">for a week</option>
            <option value="0">not any more</option>
          </select>
          <button class="quiet">Make another key</button>
        </form>
        """;

    private static Html Recover(OwnerRequest request) => $"""
        <h2>Deliver again</h2>
        <form method="post" action="{Address(Paths.Recover, request)}">
          {request.Token}
          <label for="since">All events since, in UTC</label>
          <input id="since" name="since" type="datetime-local" required aria-describedby="since-rule">
          <p id="since-rule" class="hint">In order, with the ids that they have, so that a receiver can tell which it had.</p>
          <button class="quiet">Deliver them again</button>
        </form>
        """;

    /// <summary>A form that is one button.</summary>
    public static Html Button(OwnerRequest request, string path, string text, string look, string? action = null) => $"""
        <form method="post" action="{Address(path, request)}">
          {request.Token}
          <button name="action" value="{action ?? "do"}" class="{look}">{text}</button>
        </form>
        """;
}
