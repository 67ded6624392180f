using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rally.Auth.Server.Keys;

namespace Rally.Auth.Server.Dpop;

/// <summary>
/// A DPoP proof (RFC 9449, 4.2): a JWT that carries a public key, is signed with its private half, and names one request. It has
/// been read here and its signature holds; whether it is for the request that it came with is for <see cref="DpopProofs"/>.
/// </summary>
/// <param name="Thumbprint">The key's; see <see cref="DpopKey"/>.</param>
/// <param name="Id">Its jti.</param>
/// <param name="Method">Its htm.</param>
/// <param name="Url">Its htu.</param>
/// <param name="IssuedAt">Its iat.</param>
/// <param name="TokenHash">Its ath; null at the token endpoint.</param>
internal sealed record DpopProof(string Thumbprint, string Id, string Method, Uri Url, DateTimeOffset IssuedAt, string? TokenHash)
{
    /// <summary>What <see cref="Read"/> asks of a proof, for a client's developer.</summary>
    public const string Rule = "The DPoP proof must be a JWT of typ dpop+jwt with jti, htm, htu and iat, signed with ES256 or RS256 by the public key in its jwk.";

    private const int MostCharacters = 8 * 1024;
    private const int MostIdCharacters = 200;
    private const int LeastRsaBits = 2048;
    private const int MostRsaBits = 4096;
    private const int MostExponentBytes = 4;

    // 9999-12-31, the last day that a DateTimeOffset has.
    private const double LastSecond = 253_402_300_799;

    // Of a key's private half (RFC 7518, 6.2.2 and 6.3.2), or of a secret one (6.4).
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <returns>Null when it is not as <see cref="Rule"/> says.</returns>
    public static DpopProof? Read(string jwt)
    {
        if (jwt.Length > MostCharacters || jwt.Split('.') is not [var head, var body, var signature])
            return null;
        try
        {
            using var header = JsonDocument.Parse(Bytes(head), Strict);
            using var claims = JsonDocument.Parse(Bytes(body), Strict);
            using var key = KeyOf(header.RootElement);
            return key is not null && IsSigned(key, $"{head}.{body}", Bytes(signature))
                ? Of(KeyPair.ThumbprintOf(key), claims.RootElement)
                : null;
        }
        catch (Exception malformed) when (malformed is FormatException or JsonException or InvalidOperationException or CryptographicException)
        {
            return null;
        }
    }

    private static DpopProof? Of(string thumbprint, JsonElement claims) =>
        Text(claims, "jti") is { Length: > 0 and <= MostIdCharacters } id && Text(claims, "htm") is { } method &&
        Uri.TryCreate(Text(claims, "htu"), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" &&
        claims.TryGetProperty("iat", out var issued) && issued.GetDouble() is >= 0 and <= LastSecond and var seconds
            ? new(thumbprint, id, method, url, DateTimeOffset.UnixEpoch.AddSeconds(seconds), Text(claims, "ath"))
            : null;

    // Which key there is decides how a signature is checked; alg only has to agree. "none" and HMACs are no case of it.
    private static AsymmetricAlgorithm? KeyOf(JsonElement header)
    {
        // What a header calls critical, nobody here knows (RFC 7515, 4.1.11).
        if (Text(header, "typ")?.Equals("dpop+jwt", StringComparison.OrdinalIgnoreCase) != true || header.TryGetProperty("crit", out _) ||
            !header.TryGetProperty("jwk", out var jwk) || PrivateMembers.Any(member => jwk.TryGetProperty(member, out _)))
            return null;
        return (Text(header, "alg"), Text(jwk, "kty"), Text(jwk, "crv")) switch
        {
            (SigningAlgorithm.Es256, "EC", "P-256") => ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = Bytes(Text(jwk, "x")), Y = Bytes(Text(jwk, "y")) },
            }),
            (SigningAlgorithm.Rs256, "RSA", null) => RsaOf(Bytes(Text(jwk, "n")), Bytes(Text(jwk, "e"))),
            _ => null,
        };
    }

    // The bounds keep a signature's check as cheap as one of ours.
    private static RSA? RsaOf(byte[] modulus, byte[] exponent)
    {
        if (modulus.Length > MostRsaBits / 8 || exponent.Length > MostExponentBytes)
            return null;
        var key = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        if (key.KeySize >= LeastRsaBits)
            return key;
        key.Dispose();
        return null;
    }

    private static bool IsSigned(AsymmetricAlgorithm key, string signed, byte[] signature) => key is ECDsa curve
        ? curve.VerifyData(Encoding.ASCII.GetBytes(signed), signature, HashAlgorithmName.SHA256)
        : ((RSA)key).VerifyData(Encoding.ASCII.GetBytes(signed), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    private static string? Text(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) ? value.GetString() : null;

    private static byte[] Bytes(string? base64Url) => Base64Url.DecodeFromChars(base64Url ?? throw new FormatException());
}
