using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rally.Auth.Server;

namespace Rally.Auth.Links;

/// <summary>Registers a scheme for each site that this installation has an app at.</summary>
internal static class LinkSignInSchemes
{
    /// <param name="services">The host's services.</param>
    /// <param name="configure">The host's settings: which schemes there are must be known before the services are built.</param>
    public static void AddLinkSignIns(this IServiceCollection services, Action<AuthOptions>? configure)
    {
        var settings = new AuthOptions();
        configure?.Invoke(settings);
        var authentication = services.AddAuthentication().AddCookie(LinkWays.ProofScheme, cookie =>
        {
            // For the one redirect from the callback to the page after it.
            cookie.Cookie.Name = "rally.link";
            cookie.Cookie.Path = Paths.Links;
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.IsEssential = true;
            cookie.Cookie.SecurePolicy = SecurePolicy(settings);
            cookie.ExpireTimeSpan = TimeSpan.FromMinutes(5);
            cookie.SlidingExpiration = false;
        });
        foreach (var provider in LinkProvider.All)
        {
            if (settings.Links.Of(provider) is not { IsOn: true })
                continue;
            authentication.AddOAuth<OAuthOptions, LinkSignIn>(LinkWays.SchemeOf(provider), _ => { });
            services.AddOptions<OAuthOptions>(LinkWays.SchemeOf(provider)).Configure<IOptions<AuthOptions>>((oauth, auth) =>
            {
                LinkSignIn.Configure(oauth, provider, auth.Value.Links.Of(provider)!);
                // The answer comes as an ordinary link, so Lax will do; and None would need TLS.
                oauth.CorrelationCookie.SameSite = SameSiteMode.Lax;
                oauth.CorrelationCookie.SecurePolicy = SecurePolicy(auth.Value);
                oauth.CorrelationCookie.Path = Paths.Links;
            });
        }
    }

    private static CookieSecurePolicy SecurePolicy(AuthOptions options) =>
        options.PublicUrl?.Scheme == Uri.UriSchemeHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
}
