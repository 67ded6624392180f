using Microsoft.AspNetCore.Http;

namespace Rally.Auth.Server.Keys;

/// <summary>GET /oauth2/jwks (RFC 7517, 5): the public keys that ID tokens are checked with.</summary>
internal sealed class JwksEndpoint(SigningKeys keys)
{
    public async Task<IResult> HandleAsync(HttpContext context)
    {
        var published = await keys.PublishedAsync(context.RequestAborted);
        // Much less than the time for which a successor is there before it signs.
        context.Response.Headers.CacheControl = "public, max-age=3600";
        return Results.Json(new { keys = published });
    }
}
