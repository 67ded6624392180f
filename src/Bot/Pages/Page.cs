using System.Text;

namespace Rally.Bot.Pages;

/// <summary>The frame of the bot's own pages: plain, without scripts, with a strict Content-Security-Policy.</summary>
internal static class Page
{
    public static void MapPageStyles(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/pages.css", () => Results.Text(Styles, "text/css", Encoding.UTF8));

    /// <param name="title">Heading and title.</param>
    /// <param name="body">What stands below the heading.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="formTarget">Another server that a form of this page leads on to.</param>
    public static IResult Show(string title, Html body, int status = StatusCodes.Status200OK, Uri? formTarget = null) =>
        new Answer(new Html($"""
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>{title} · Rally Bot</title>
              <link rel="stylesheet" href="/pages.css">
            </head>
            <body>
              <main>
                <h1>{title}</h1>
                {body}
              </main>
            </body>
            </html>
            """).Text, status, formTarget);

    private sealed class Answer(string html, int status, Uri? formTarget) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.Headers;
            var forms = formTarget is null ? "'self'" : $"'self' {formTarget.GetLeftPart(UriPartial.Authority)}";
            headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'self'; form-action {forms}; frame-ancestors 'none'; base-uri 'none'";
            headers.CacheControl = "no-store";
            headers["Referrer-Policy"] = "no-referrer"; // the addresses of these pages are secrets
            headers.XContentTypeOptions = "nosniff";
            return Results.Text(html, "text/html", Encoding.UTF8, status).ExecuteAsync(httpContext);
        }
    }

    private const string Styles = """
        :root { color-scheme: light dark; --ink: #1c1b22; --quiet: #5d5b68; --paper: #fbfaf7; --card: #ffffff; --line: #dddae3; --accent: #5a3fd0; --on-accent: #ffffff; }
        @media (prefers-color-scheme: dark) { :root { --ink: #eeecf4; --quiet: #aaa7b8; --paper: #15141a; --card: #1f1d27; --line: #37343f; --accent: #b3a2ff; --on-accent: #17151d; } }
        * { box-sizing: border-box; }
        body { margin: 0; padding: clamp(1rem, 8vh, 5rem) 1rem 1rem; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; }
        main { max-width: 30rem; margin: 0 auto; padding: 1.75rem; background: var(--card); border: 1px solid var(--line); border-radius: .9rem; }
        h1 { margin: 0 0 1rem; font-size: 1.35rem; line-height: 1.25; }
        p, form { margin: 0 0 1rem; } p:last-child { margin: 0; }
        .subject { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .6rem; overflow-wrap: anywhere; }
        .quiet { color: var(--quiet); font-size: .9rem; }
        button { width: 100%; padding: .8rem 1rem; border: 0; border-radius: .6rem; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; cursor: pointer; }
        a { color: var(--accent); } code { font-size: .95em; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        """;
}
