namespace Rally.Bot.Pages;

/// <summary>The icon that browsers ask every site for, for all pages of the process.</summary>
internal static class Favicon
{
    public static void MapFavicon(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/favicon.ico", (HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=86400";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            return Results.Stream(typeof(Favicon).Assembly.GetManifestResourceStream("pages/favicon.ico")!, "image/x-icon");
        }).ExcludeFromDescription();
}
