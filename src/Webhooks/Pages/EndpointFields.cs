using System.Globalization;
using Rally.Webhooks.Events;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Pages;

/// <summary>The part of a form in which an owner says what an endpoint gets.</summary>
/// <param name="Url">Where deliveries go.</param>
/// <param name="Events">Types.</param>
/// <param name="Coins">Symbols; null for all.</param>
/// <param name="HeaderLines">To be sent along, <c>Name: value</c> on each; null for nothing typed.</param>
/// <param name="PerSecond">As typed; null for no limit.</param>
/// <param name="Format">What bodies look like.</param>
internal sealed record EndpointFields(
    string? Url, IReadOnlyList<string> Events, IReadOnlyList<string>? Coins, string? HeaderLines, string? PerSecond, string Format)
{
    public static EndpointFields New(string? url) => new(url, [EventType.TransferPosted], null, null, null, EventFormat.Standard);

    public static EndpointFields Of(Endpoint endpoint) =>
        new(endpoint.Url, endpoint.EventList, endpoint.CoinList, null, endpoint.PerSecond?.ToString(CultureInfo.InvariantCulture), endpoint.Format);

    public static EndpointFields Read(Func<string, string?> form) => new(
        form("url")?.Trim() ?? "",
        [.. EventType.All.Where(type => form($"event_{type}") is not null)],
        form("coins")?.Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } coins ? coins : null,
        form("headers"),
        form("per_second")?.Trim(),
        form("format") ?? EventFormat.Standard);

    /// <summary>The typed headers; null where nothing was typed.</summary>
    /// <param name="wrong">A line that is none.</param>
    public IReadOnlyDictionary<string, string>? Headers(out string? wrong)
    {
        wrong = null;
        if (string.IsNullOrWhiteSpace(HeaderLines))
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in HeaderLines.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(':', 2, StringSplitOptions.TrimEntries) is not [{ Length: > 0 } name, var value] || !headers.TryAdd(name, value))
                wrong ??= "Headers are lines such as X-Key: value, each name once.";
        }

        return headers;
    }

    /// <summary>The typed limit; null for none.</summary>
    public long? Limit(out string? wrong)
    {
        wrong = null;
        if (string.IsNullOrEmpty(PerSecond))
            return null;
        if (long.TryParse(PerSecond, NumberStyles.None, CultureInfo.InvariantCulture, out var limit))
            return limit;
        wrong = EndpointRules.WrongPerSecond(0);
        return null;
    }

    /// <param name="headers">The names of those it sends along already; null for a new endpoint.</param>
    public Html Form(IReadOnlyList<string>? headers) => $"""
        <label for="url">Address</label>
        <input id="url" name="url" type="url" value="{Url}" autocomplete="off" maxlength="{EndpointRules.MaxUrlLength}" placeholder="https://" required>
        {(headers is null ? Bodies() : (Html)$"<p class=\"hint\">Bodies are in the format <code>{Format}</code>, as was chosen when it was made.</p>")}
        <fieldset>
          <legend>Events</legend>
          {(headers is null ? EventType.All : EventFormat.TypesOf(Format)).Select(Html (type) => $"""
            <label class="check"><input type="checkbox" name="event_{type}"{Html.Raw(Events.Contains(type) ? " checked" : "")}> <span>{EventBodyAttribute.SummaryOf(type)} <code>{type}</code></span></label>
            """)}
          {(headers is not null && Format == EventFormat.Former ? Html.Empty : (Html)$"<p class=\"hint\">Of links and roles the app is told only for people who let it see their links (<code>links:read</code>).</p>")}
        </fieldset>
        <label for="coins">Coins</label>
        <input id="coins" name="coins" value="{string.Join(' ', Coins ?? [])}" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="coins-rule">
        <p id="coins-rule" class="hint">Symbols with spaces between; none for all coins.</p>
        <label for="headers">Headers to send along (optional)</label>
        <textarea id="headers" name="headers" rows="2" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="headers-rule">{HeaderLines}</textarea>
        <p id="headers-rule" class="hint">One a line, such as X-Key: value. {(headers is { Count: > 0 } ? $"Those it has, {string.Join(", ", headers)}, stay unless you write others; their values are not shown." : "They are kept encrypted.")}</p>
        {(headers is { Count: > 0 } ? (Html)$"<label class=\"check\"><input type=\"checkbox\" name=\"no_headers\"> <span>Send no headers along any more</span></label>" : Html.Empty)}
        <label for="per_second">Messages a second, at most (optional)</label>
        <input id="per_second" name="per_second" value="{PerSecond}" inputmode="numeric" autocomplete="off" maxlength="6">
        """;

    // Before the events, for it says which of them there are.
    private Html Bodies() => $"""
        <label for="format">Bodies</label>
        <select id="format" name="format" aria-describedby="format-rule">
          {EventFormat.All.Select(Html (format) => $"""<option value="{format}"{Html.Raw(format == Format ? " selected" : "")}>{(format == EventFormat.Former ? $"{format}: the former Rally's" : $"{format}: this network's own")}</option>""")}
        </select>
        <p id="format-rule" class="hint">It stays as it is chosen here. The former Rally knew of {string.Join(", ", EventType.Former)} only: choose no others with <code>{EventFormat.Former}</code>.</p>
        """;
}
