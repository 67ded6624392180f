using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Rally.Browser.Tests;

/// <summary>A browser profile with one person in front of it, and what went wrong on the pages they saw.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<string> _foreign = new();

    private Visitor(IBrowserContext context)
    {
        _context = context;
        context.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !IsStatusOfPage(message))
                _complaints.Enqueue($"{message.Page?.Url}: {message.Text}");
        };
        context.WebError += (_, error) => _complaints.Enqueue($"{error.Page?.Url}: {error.Error}");
        context.Request += (_, request) => NoteForeign(request);
        context.Response += (_, response) => Responses.Enqueue(response);
    }

    /// <summary>Every answer the pages got.</summary>
    public ConcurrentQueue<IResponse> Responses { get; } = new();

    /// <summary>Errors and warnings in the console, broken Content-Security-Policies among them.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>What pages loaded from an origin other than their own.</summary>
    public IReadOnlyCollection<string> ForeignLoads => _foreign;

    public static async Task<Visitor> ComeAsync(IBrowser browser, Screen screen)
    {
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = screen.Width, Height = screen.Height },
            HasTouch = screen == Screen.Phone,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
        });
        context.SetDefaultTimeout(15_000);
        return new(context);
    }

    public async Task<IPage> OpenAsync(Uri address)
    {
        var page = await _context.NewPageAsync();
        await page.GotoAsync(address.ToString(), new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        return page;
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void NoteForeign(IRequest request)
    {
        if (request.IsNavigationRequest || request.Url.StartsWith("data:", StringComparison.Ordinal))
            return;
        if (new Uri(request.Url).GetLeftPart(UriPartial.Authority) != new Uri(request.Frame.Url).GetLeftPart(UriPartial.Authority))
            _foreign.Enqueue($"{request.Frame.Url} loads {request.Url}");
    }

    // Chromium writes the status of a page that was refused on purpose to the console.
    private static bool IsStatusOfPage(IConsoleMessage message) =>
        message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
        && message.Location.StartsWith($"{message.Page?.Url}:", StringComparison.Ordinal);
}
