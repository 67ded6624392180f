using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Rally.Peers.Tests;

/// <summary>A bearer token here is "account scope scope …", or "client:id scope scope …" for a client's own.</summary>
internal sealed class PlainTokens(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header))
            return Task.FromResult(AuthenticateResult.NoResult());
        var words = header.Parameter!.Split(' ');
        var identity = new ClaimsIdentity(
            [
                .. words[0].StartsWith("client:", StringComparison.Ordinal)
                    ? [new Claim("client_id", words[0]["client:".Length..])]
                    : new[] { new Claim("sub", words[0]), new Claim("client_id", "rally-bot") },
                .. words.Skip(1).Select(scope => new Claim("scope", scope)),
            ],
            Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name)));
    }
}
