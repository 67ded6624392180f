using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;

namespace Rally.Sandbox.OAuth;

/// <summary>The page at which a person says who they are and agrees: a button a person, for nobody has a password here.</summary>
/// <param name="site">Whose page it is, for the heading.</param>
/// <param name="desk">The app and its codes.</param>
/// <param name="people">Who can sign in: id and name.</param>
internal sealed class AuthorizePage(string site, AuthorizationDesk desk, Func<IReadOnlyList<SandboxEntry>> people)
{
    public void Map(IEndpointRouteBuilder app, string path)
    {
        app.MapGet(path, (Delegate)Show);
        app.MapPost(path, (Delegate)DecideAsync);
    }

    private IResult Show(HttpContext http)
    {
        var (query, fault) = AuthorizationQuery.Read(http.Request.Query, desk.ClientId);
        var action = WebUtility.HtmlEncode(http.Request.Path + http.Request.QueryString);
        var buttons = people().Select(person => string.Create(
            CultureInfo.InvariantCulture, $"""<p><button name="user" value="{person.Id}">{WebUtility.HtmlEncode(person.Name)}</button></p>"""));
        var main = query is null
            ? $"""<p role="alert">{WebUtility.HtmlEncode(fault)}</p>"""
            : $"""
              <p>The app at {WebUtility.HtmlEncode(query.RedirectUri.Authority)} wants to know who you are. Go on as</p>
              <form method="post" action="{action}">{string.Concat(buttons)}<p><button name="user" value="">Cancel</button></p></form>
              """;
        // No form-action: the form ends at the app.
        http.Response.Headers.ContentSecurityPolicy = "default-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'";
        return Results.Text(
            $"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
            <link rel="icon" href="data:,"><title>{site} sandbox</title></head>
            <body><main><h1>{site} sandbox</h1>{main}</main></body>
            </html>
            """,
            "text/html", Encoding.UTF8, query is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK);
    }

    private async Task<IResult> DecideAsync(HttpContext http)
    {
        var (query, _) = AuthorizationQuery.Read(http.Request.Query, desk.ClientId);
        if (query is null || !http.Request.HasFormContentType)
            return Show(http);
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var chosen = ulong.TryParse(form["user"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) && people().Any(person => person.Id == id);
        var answer = chosen
            ? new Dictionary<string, string?> { ["code"] = desk.Allow(id, query) }
            : new Dictionary<string, string?> { ["error"] = "access_denied", ["error_description"] = "The resource owner or authorization server denied the request" };
        if (query.State is { } state)
            answer["state"] = state;
        return Results.Redirect(QueryHelpers.AddQueryString(query.RedirectUri.OriginalString, answer));
    }
}
