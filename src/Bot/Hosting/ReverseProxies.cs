using Microsoft.AspNetCore.HttpOverrides;

namespace Rally.Bot.Hosting;

/// <summary>What a reverse proxy before the process says, and what is said to browsers that come over TLS.</summary>
internal static class ReverseProxies
{
    // A year, as browsers' preload lists ask; the other hosts of the domain are not ours to speak for.
    private const string StrictTransport = "max-age=31536000";

    /// <summary>
    /// Takes the caller's address and scheme from X-Forwarded-For and X-Forwarded-Proto, from the end backwards, as long as
    /// the one who says so is a configured proxy. The host is never taken: <c>PublicUrl</c> says it.
    /// </summary>
    public static void UseReverseProxies(this WebApplication app, HostSettings settings)
    {
        if (settings.Proxies is [])
            return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in settings.Proxies)
            options.KnownIPNetworks.Add(proxy);
        app.UseForwardedHeaders(options);
    }

    /// <summary>HSTS (RFC 6797) on every answer when browsers reach the process over TLS, by its own or a proxy's.</summary>
    public static void UseStrictTransport(this WebApplication app, HostSettings settings)
    {
        var always = settings.PublicUrl?.Scheme == Uri.UriSchemeHttps;
        app.Use((context, next) =>
        {
            if (always || (settings.PublicUrl is null && context.Request.IsHttps))
            {
                // At the last moment: an error page begins with empty headers.
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers.StrictTransportSecurity = StrictTransport;
                    return Task.CompletedTask;
                });
            }

            return next(context);
        });
    }

    public static void SayIfProxiesAreMissing(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<HostSettings>();
        if (settings is { Proxies: [], PublicUrl.Scheme: "https" } && !settings.Listen.Contains("https://", StringComparison.OrdinalIgnoreCase))
            app.Logger.LogWarning(
                "PublicUrl is https and Listen is not, so a reverse proxy stands before this process: set Proxies to its address, or all its callers count as one");
    }
}
