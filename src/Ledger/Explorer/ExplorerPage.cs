using Microsoft.AspNetCore.Http;

namespace Rally.Ledger.Explorer;

/// <summary>A whole page, with the headers every page has.</summary>
/// <param name="title">Its heading and the window's title.</param>
/// <param name="main">What stands below the heading.</param>
/// <param name="here">The path of the part of the explorer that it belongs to; null for none.</param>
internal sealed class ExplorerPage(string title, Html main, string? here = null, int status = StatusCodes.Status200OK) : IResult
{
    /// <summary>The parts of the explorer, as its navigation names them.</summary>
    private static readonly (string Path, string Name)[] Parts = [(Paths.Coins, "Coins"), (Paths.Log, "Log"), (Paths.Blocks, "Blocks")];

    public static ExplorerPage NotFound(string title, string sentence) =>
        new(title, $"<p>{sentence}</p>", status: StatusCodes.Status404NotFound);

    /// <summary>For an address that leads to no page of a list.</summary>
    public static ExplorerPage NoSuchPage(string list) => new(
        "There is no such page",
        $"""<p>The address names a page of this list that cannot be. <a href="{list}">Begin at its first page</a>.</p>""",
        status: StatusCodes.Status400BadRequest);

    public static ExplorerPage TooMany(long seconds) => new(
        "Too many pages at once",
        $"<p>Wait {seconds} s, then load this page again.</p>",
        status: StatusCodes.Status429TooManyRequests);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        var headers = response.Headers;
        headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        Html page = $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>{title} · Rally explorer</title>
              <link rel="stylesheet" href="{Paths.Stylesheet}">
            </head>
            <body>
              <header>
                <a class="home" href="/">Rally</a>
                <nav aria-label="Explorer">
                  <ul>{Parts.Select(Part)}</ul>
                </nav>
                <form action="{Paths.Search}" role="search">
                  <input name="q" type="search" aria-label="Coin, Rally id, transfer id or position" placeholder="Coin, id or position" maxlength="64" autocapitalize="none" spellcheck="false" required>
                  <button>Find</button>
                </form>
              </header>
              <main>
                <h1>{title}</h1>
                {main}
              </main>
            </body>
            </html>
            """;
        return response.WriteAsync(page.ToString(), httpContext.RequestAborted);
    }

    private Html Part((string Path, string Name) part) => part.Path == here
        ? (Html)$"""<li><a href="{part.Path}" aria-current="true">{part.Name}</a></li>"""
        : $"""<li><a href="{part.Path}">{part.Name}</a></li>""";
}
