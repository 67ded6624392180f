using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rally.Webhooks.Tests.Setup;

/// <summary>Takes the bearer token as <c>client_id:scope</c>; the real scheme is Auth's, which this module does not know.</summary>
internal sealed class ClientNameHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Counted from each request.</summary>
    public static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers.Authorization.ToString() is not ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var token])
            return Task.FromResult(AuthenticateResult.NoResult());
        var parts = token.Split(':', 2);
        var identity = new ClaimsIdentity([new("client_id", parts[0]), new("scope", parts[1]), new("jti", parts[0])], Scheme.Name);
        var properties = new AuthenticationProperties { ExpiresUtc = time.GetUtcNow() + TokenLifetime };
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), properties, Scheme.Name)));
    }
}
