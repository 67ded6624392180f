using Microsoft.AspNetCore.Diagnostics;

namespace Rally.Bot.Hosting;

/// <summary>
/// What no endpoint can make anything of is refused here for all of them, and what ends without a body gets one: a problem
/// (RFC 9457), whatever the caller says it accepts.
/// </summary>
internal static class MalformedRequests
{
    public static void UseMalformedRequests(this WebApplication app, HostSettings settings)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = context => Problem(context).ExecuteAsync(context) });
        app.UseStatusCodePages(page => Problem(page.HttpContext).ExecuteAsync(page.HttpContext));
        // Most requests name the host that the one before did, and looking at it takes as long as finding the endpoint.
        string? last = null;
        app.Use((context, next) =>
        {
            var host = (string?)context.Request.Headers.Host;
            if (host is null || host != Volatile.Read(ref last))
            {
                if (!IsHost(host, settings))
                    return Results.Problem("The Host header names no host.", statusCode: StatusCodes.Status400BadRequest).ExecuteAsync(context);
                Volatile.Write(ref last, host);
            }

            return next(context);
        });
    }

    /// <summary>
    /// Whether addresses can be made of it, as pages and endpoints do that tell where they are: web servers take more than that.
    /// HTTP/1.0 has requests without one, such as a load balancer's, which does where none is needed.
    /// </summary>
    private static bool IsHost(string? header, HostSettings settings)
    {
        if (string.IsNullOrEmpty(header))
            return settings.PublicUrl is not null;
        try
        {
            return Uri.TryCreate($"http://{HostString.FromUriComponent(header).ToUriComponent()}", UriKind.Absolute, out var url)
                && url is { PathAndQuery: "/", UserInfo: "", Fragment: "" };
        }
        catch (ArgumentException)
        {
            // The framework's way of saying that a name is no Punycode; it would say so to whoever asks for Request.Host.
            return false;
        }
    }

    private static IResult Problem(HttpContext context) => Results.Problem(statusCode: context.Response.StatusCode);
}

/// <summary>
/// A body that breaks off, or is not as its headers say, is its sender's fault: without this, any exception that an endpoint
/// lets pass is a fault of ours, answered with 500 and logged as an error.
/// </summary>
internal sealed class UnreadableBody : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (StatusOf(exception) is not { } status)
            return false;
        await Results.Problem("The request's body cannot be read.", statusCode: status).ExecuteAsync(httpContext);
        return true;
    }

    // The web server and the reader of forms throw IOException too; those of a disk or a database come from elsewhere.
    private static int? StatusOf(Exception exception) => exception switch
    {
        BadHttpRequestException unreadable => unreadable.StatusCode,
        IOException { Source: "Microsoft.AspNetCore.Server.Kestrel.Core" or "Microsoft.AspNetCore.WebUtilities" } => StatusCodes.Status400BadRequest,
        _ => null,
    };
}
