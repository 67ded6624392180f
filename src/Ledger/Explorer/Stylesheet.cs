using Microsoft.AspNetCore.Http;

namespace Rally.Ledger.Explorer;

/// <summary>The explorer's one stylesheet, from this assembly.</summary>
internal static class Stylesheet
{
    private static readonly byte[] Css = Load();

    public static IResult Handle(HttpContext context)
    {
        context.Response.Headers.CacheControl = "public, max-age=3600";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(Css, "text/css; charset=utf-8");
    }

    private static byte[] Load()
    {
        using var stream = typeof(Stylesheet).Assembly.GetManifestResourceStream("explorer/explorer.css")!;
        var css = new byte[stream.Length];
        stream.ReadExactly(css);
        return css;
    }
}
