using Microsoft.AspNetCore.Http;

namespace Rally.Auth.Pages;

/// <summary>The pages' one stylesheet, from this assembly.</summary>
internal static class Stylesheet
{
    private static readonly byte[] Css = PageFile.Load("auth.css");

    public static IResult Handle(HttpContext context) => PageFile.Answer(context, Css, "text/css; charset=utf-8");
}

/// <summary>The script that lets a browser's wallet fill in the forms of <see cref="WalletPage"/>.</summary>
internal static class WalletScript
{
    private static readonly byte[] Script = PageFile.Load("wallet.js");

    public static IResult Handle(HttpContext context) => PageFile.Answer(context, Script, "text/javascript; charset=utf-8");
}

/// <summary>The script that lets a browser answer the challenges of forms with a passkey.</summary>
internal static class PasskeyScript
{
    private static readonly byte[] Script = PageFile.Load("passkey.js");

    public static IResult Handle(HttpContext context) => PageFile.Answer(context, Script, "text/javascript; charset=utf-8");
}

/// <summary>A file of the pages, from this assembly.</summary>
internal static class PageFile
{
    public static IResult Answer(HttpContext context, byte[] content, string type)
    {
        context.Response.Headers.CacheControl = "public, max-age=3600";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(content, type);
    }

    public static byte[] Load(string name)
    {
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream($"pages/{name}")!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
