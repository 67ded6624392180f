using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Rally.Auth.Server.Keys;

namespace Rally.Auth.Server;

/// <summary>ID tokens (OpenID Connect Core, 2): that a person signed in, when, and for which client.</summary>
internal sealed class IdTokenWriter(SigningKeys keys, IOptions<AuthOptions> options, TimeProvider time)
{
    // Both algorithms use SHA-256, whose left half at_hash is (Core, 3.1.3.6).
    private const int HalfHashBytes = SHA256.HashSizeInBytes / 2;

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>The token that goes with an access token on <paramref name="grant"/>, which has an account.</summary>
    /// <param name="nonce">What the client sent with its request; never on a refresh (Core, 12.2).</param>
    public async Task<string> WriteAsync(
        string issuer, Client client, Grant grant, string accessToken, string? nonce, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = issuer,
            ["sub"] = grant.AccountId!.Value.ToString(),
            ["aud"] = client.Id,
            ["azp"] = client.Id,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + options.Value.IdTokenLifetime).ToUnixTimeSeconds(),
            ["at_hash"] = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, HalfHashBytes)),
        };
        if (grant.SignedInAt is { } signedInAt)
            claims["auth_time"] = signedInAt.ToUnixTimeSeconds();
        if (nonce is not null)
            claims["nonce"] = nonce;
        var credentials = await keys.CurrentAsync(client.IdTokenAlgorithm, stop);
        return Handler.CreateToken(JsonSerializer.Serialize(claims), credentials);
    }
}
