using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Rally.Sandbox.Pages;

/// <summary>The page and its files, out of this assembly.</summary>
internal static class PageAssets
{
    private const string Prefix = "page/";

    public static void MapPage(this IEndpointRouteBuilder app)
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var name = resource[Prefix.Length..];
            app.MapGet(name == "index.html" ? "/" : "/assets/" + name, (HttpContext http) => WriteAsync(http, assembly, resource));
        }
    }

    private static async Task WriteAsync(HttpContext http, Assembly assembly, string resource)
    {
        var headers = http.Response.Headers;
        headers.ContentType = Path.GetExtension(resource) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            _ => "text/javascript; charset=utf-8",
        };
        headers.CacheControl = "no-cache";
        // Embeds of a bot may show pictures from anywhere; all else is our own.
        headers.ContentSecurityPolicy = "default-src 'self'; img-src 'self' data: https: http:; frame-ancestors 'none'; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";
        await using var content = assembly.GetManifestResourceStream(resource)!;
        await content.CopyToAsync(http.Response.Body, http.RequestAborted);
    }
}
