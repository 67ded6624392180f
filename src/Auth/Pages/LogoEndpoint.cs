using Microsoft.AspNetCore.Http;
using Rally.Auth.Apps;
using Rally.Auth.Server;

namespace Rally.Auth.Pages;

/// <summary>GET /app-logo: a picture that a stranger chose, so nothing in it is let do anything, should it be more than a picture.</summary>
internal sealed class LogoEndpoint(ChangeAppLogo logos)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var id = Parameters.Of(context.Request.Query)["client_id"];
        if (!ClientStore.IsId(id) || await logos.FindAsync(id!, context.RequestAborted) is not { } logo)
            return Results.NotFound();
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "public, max-age=3600";
        return Results.Bytes(logo.Content, logo.Type);
    }
}
