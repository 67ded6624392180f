using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Rally.Testing;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>
/// A person's browser: keeps cookies, fills forms, and follows redirects as long as they stay on the server. A
/// redirect to elsewhere is where it stops.
/// </summary>
internal sealed class Browser : IDisposable
{
    /// <summary>The test server takes the caller's address from it.</summary>
    public const string AddressHeader = "X-Test-Address";

    private readonly HttpClient _http;
    private readonly Uri _server;

    public Browser(Uri server, string? from = null, string? userAgent = null)
    {
        _server = server;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = server };
        if (userAgent is not null)
            _http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", userAgent);
        if (from is not null)
            _http.DefaultRequestHeaders.Add(AddressHeader, from);
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>Where the browser is: a page of the server, or a redirect that leaves it.</summary>
    /// <param name="Left">The address elsewhere that it was sent to, or null.</param>
    internal sealed record Page(Uri Url, HttpResponseMessage Response, IHtmlDocument Document, Uri? Left)
    {
        public HttpStatusCode Status => Response.StatusCode;

        public string Title => Document.QuerySelector("h1")?.TextContent ?? "";

        public string Text => string.Join(' ', (Document.QuerySelector("main")?.TextContent ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    public Task<Page> OpenAsync(string url) => FollowAsync(() => new HttpRequestMessage(HttpMethod.Get, new Uri(_server, url)));

    /// <summary>Fills the form that has the button and presses it.</summary>
    public Task<Page> PressAsync(Page page, string button, params (string Name, string Value)[] typed)
    {
        var (path, fields) = Fill(page, button, typed);
        return PostAsync(path, fields);
    }

    /// <summary>The same with a form that takes a file.</summary>
    public Task<Page> UploadAsync(Page page, string button, string field, byte[] file)
    {
        var (path, fields) = Fill(page, button, []);
        fields.Remove(field);
        return FollowAsync(() =>
        {
            var content = new MultipartFormDataContent();
            foreach (var (name, value) in fields)
                content.Add(new StringContent(value), name);
            content.Add(new ByteArrayContent(file), field, "file.png");
            return new HttpRequestMessage(HttpMethod.Post, new Uri(_server, path)) { Content = content };
        });
    }

    private static (string Path, Dictionary<string, string> Fields) Fill(Page page, string button, (string Name, string Value)[] typed)
    {
        var pressed = page.Document.QuerySelectorAll("button").Cast<IHtmlButtonElement>().Single(candidate => candidate.TextContent.Trim() == button);
        var (names, fields) = (new HashSet<string>(), new Dictionary<string, string>());
        foreach (var element in pressed.Form!.Elements)
        {
            var (name, value) = element switch
            {
                IHtmlInputElement { Type: "checkbox" or "radio", IsChecked: false } box => (box.Name, (string?)null),
                IHtmlInputElement { Type: "checkbox" } box => (box.Name, "on"),
                IHtmlInputElement input => (input.Name, input.Value),
                IHtmlTextAreaElement area => (area.Name, area.Value),
                _ => ((string?)null, (string?)null),
            };
            if (name is null)
                continue;
            names.Add(name);
            if (value is not null)
                fields[name] = value;
        }

        foreach (var (name, value) in typed)
        {
            Assert.Contains(name, names);
            fields[name] = value;
            if (name is "password" or "new-password" or "code")
                SuiteLog.Secret(value);
        }

        if (!string.IsNullOrEmpty(pressed.Name))
            fields[pressed.Name] = pressed.Value;
        return (pressed.Form.GetAttribute("action")!, fields);
    }

    public Task<Page> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> fields) =>
        FollowAsync(() => new HttpRequestMessage(HttpMethod.Post, new Uri(_server, path)) { Content = new FormUrlEncodedContent(fields) });

    public async Task<Page> SignInAsync(Page signInPage, string userName = "alice", string password = AuthServer.Password) =>
        await PressAsync(signInPage, "Sign in", ("username", userName), ("password", password));

    private async Task<Page> FollowAsync(Func<HttpRequestMessage> first)
    {
        var request = first();
        for (var hops = 0; hops < 10; hops++)
        {
            var response = await _http.SendAsync(request);
            var url = request.RequestUri!;
            var document = await new HtmlParser().ParseDocumentAsync(await response.Content.ReadAsStringAsync());
            if (response.Headers.Location is not { } location)
                return new Page(url, response, document, null);
            var target = new Uri(url, location);
            if (target.GetLeftPart(UriPartial.Authority) != _server.GetLeftPart(UriPartial.Authority))
                return new Page(url, response, document, target);
            request = new HttpRequestMessage(HttpMethod.Get, target);
        }

        throw new InvalidOperationException("Redirects do not end.");
    }

    public void Dispose() => _http.Dispose();
}
