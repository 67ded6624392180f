using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Rally.Auth.Server;

/// <summary>The server's own name and address, without a slash at its end.</summary>
internal sealed class Issuer(IOptions<AuthOptions> options)
{
    public string Of(HttpRequest request) =>
        options.Value.PublicUrl is { } url
            ? url.GetLeftPart(UriPartial.Authority)
            : $"{request.Scheme}://{request.Host.ToUriComponent()}";
}
