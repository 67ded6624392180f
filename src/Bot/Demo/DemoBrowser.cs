using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Rally.Bot.Demo;

/// <summary>A person's browser without the window: cookies, redirects, links and forms.</summary>
internal sealed class DemoBrowser : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = true });
    private IHtmlDocument? _page;

    /// <summary>Where the browser is.</summary>
    public Uri Address { get; private set; } = new("about:blank");

    /// <summary>The words on the page.</summary>
    public string Text => Page.Body?.TextContent ?? "";

    private IHtmlDocument Page => _page ?? throw new InvalidOperationException("No page is open.");

    public Task OpenAsync(Uri address, CancellationToken stop) => GoAsync(new HttpRequestMessage(HttpMethod.Get, address), stop);

    /// <summary>Whether the page has a form field of this name.</summary>
    public bool HasField(string name) => Page.QuerySelector($"form [name='{name}']") is not null;

    /// <summary>Follows the link with these words.</summary>
    public Task FollowAsync(string words, CancellationToken stop)
    {
        var link = Page.QuerySelectorAll("a[href]").OfType<IHtmlAnchorElement>().FirstOrDefault(a => a.TextContent.Contains(words, StringComparison.OrdinalIgnoreCase))
            ?? throw Missing($"a link “{words}”");
        return OpenAsync(new Uri(Address, link.GetAttribute("href")!), stop);
    }

    /// <summary>Fills in the form that has this button, and presses it.</summary>
    /// <param name="button">Words on the button.</param>
    /// <param name="fields">Values by field name; hidden fields keep theirs.</param>
    /// <param name="stop">Ends the request.</param>
    public Task PressAsync(string button, IReadOnlyDictionary<string, string> fields, CancellationToken stop)
    {
        var pressed = Page.QuerySelectorAll("form button").OfType<IHtmlButtonElement>().FirstOrDefault(b => b.TextContent.Contains(button, StringComparison.OrdinalIgnoreCase))
            ?? throw Missing($"a button “{button}”");
        var form = pressed.Form ?? throw Missing($"a form around “{button}”");
        var values = form.QuerySelectorAll("input[name]").OfType<IHtmlInputElement>()
            .Where(input => input.Type is not ("checkbox" or "radio") || input.IsChecked)
            .ToDictionary(input => input.Name!, input => input.Value);
        if (pressed.Name is { Length: > 0 } name)
            values[name] = pressed.Value;
        foreach (var (field, value) in fields)
            values[field] = value;
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, form.GetAttribute("action") ?? "")) { Content = new FormUrlEncodedContent(values) };
        return GoAsync(request, stop);
    }

    public void Dispose()
    {
        _page?.Dispose();
        _http.Dispose();
    }

    private async Task GoAsync(HttpRequestMessage request, CancellationToken stop)
    {
        using (request)
        {
            using var answer = await _http.SendAsync(request, stop);
            Address = answer.RequestMessage!.RequestUri!;
            _page?.Dispose();
            _page = await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync(stop), stop);
        }
    }

    private DemoException Missing(string what) => new($"The page at {Address} has no {what}. It says: {Text.Trim()}");
}
