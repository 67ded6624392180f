using Microsoft.AspNetCore.Http;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>A whole page, with the headers every page has.</summary>
/// <param name="title">Its heading and the window's title.</param>
/// <param name="main">What stands below the heading.</param>
/// <param name="formTarget">
/// A redirect URI that a form on the page may end at: Chromium applies form-action to redirects too.
/// </param>
/// <param name="script">The path of the one script of ours that the page runs; null for none, as almost all have.</param>
/// <param name="hasImages">Whether it shows pictures that are served here.</param>
internal sealed class PageResult(
    string title, Html main, int status = StatusCodes.Status200OK, string? formTarget = null, string? script = null, bool hasImages = false)
    : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        Protect(response, formTarget, script is not null, hasImages);
        Html page = $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta name="color-scheme" content="light dark">
              <title>{title} · Rally</title>
              <link rel="stylesheet" href="{Paths.Stylesheet}">{(script is null ? Html.Empty : (Html)$"<script src=\"{script}\" defer></script>")}
            </head>
            <body>
              <header><a href="{Paths.Account}">Rally</a></header>
              <main>
                <h1>{title}</h1>
                {main}
              </main>
            </body>
            </html>
            """;
        return response.WriteAsync(page.ToString(), httpContext.RequestAborted);
    }

    public static void Protect(HttpResponse response, string? formTarget = null, bool withScript = false, bool withImages = false)
    {
        var headers = response.Headers;
        var formAction = formTarget is null ? "'self'" : $"'self' {RedirectUri.CspSource(formTarget)}";
        headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'self'; {(withScript ? "script-src 'self'; " : "")}{(withImages ? "img-src 'self'; " : "")}form-action {formAction}; frame-ancestors 'none'; base-uri 'none'";
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }
}

/// <summary>303, so that whatever came as POST goes on as GET (RFC 9700, 2.1).</summary>
/// <param name="location">ASCII, and known to be safe.</param>
internal sealed class SeeOther(string location) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        PageResult.Protect(httpContext.Response);
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = location;
        return Task.CompletedTask;
    }
}
