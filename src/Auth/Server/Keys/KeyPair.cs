using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Rally.Auth.Server.Keys;

/// <summary>Where new key pairs come from: <see cref="KeyPair.Make"/>, which takes as long as finding two primes takes.</summary>
internal delegate (string Id, string PublicJwk, byte[] PrivateKey) MakeKeyPair(string algorithm);

/// <summary>A key pair as the framework makes it: P-256 for ES256, 2048 bits of RSA for RS256.</summary>
internal static class KeyPair
{
    private const int RsaBits = 2048;

    /// <summary>A fresh pair: its id (RFC 7638), its public half as a JWK (RFC 7517), its private half as PKCS #8.</summary>
    public static (string Id, string PublicJwk, byte[] PrivateKey) Make(string algorithm)
    {
        using AsymmetricAlgorithm pair = algorithm == SigningAlgorithm.Es256
            ? ECDsa.Create(ECCurve.NamedCurves.nistP256)
            : RSA.Create(RsaBits);
        var id = ThumbprintOf(pair);
        var members = PublicMembers(pair);
        members.Add("kid", id);
        members.Add("alg", algorithm);
        members.Add("use", "sig");
        return (id, JsonSerializer.Serialize(members), pair.ExportPkcs8PrivateKey());
    }

    /// <summary>RFC 7638, with SHA-256, in base64url.</summary>
    public static string ThumbprintOf(AsymmetricAlgorithm key) => Base64Url.EncodeToString(KeyOf(key).ComputeJwkThumbprint());

    /// <exception cref="CryptographicException">The bytes are no private key of that kind.</exception>
    public static SigningCredentials Open(string id, string algorithm, byte[] privateKey)
    {
        AsymmetricAlgorithm pair = algorithm == SigningAlgorithm.Es256 ? ECDsa.Create() : RSA.Create();
        pair.ImportPkcs8PrivateKey(privateKey, out _);
        var key = KeyOf(pair);
        key.KeyId = id;
        return new SigningCredentials(key, algorithm);
    }

    private static SecurityKey KeyOf(AsymmetricAlgorithm pair) =>
        pair is ECDsa curve ? new ECDsaSecurityKey(curve) : new RsaSecurityKey((RSA)pair);

    private static Dictionary<string, string> PublicMembers(AsymmetricAlgorithm pair)
    {
        if (pair is ECDsa curve)
        {
            var point = curve.ExportParameters(includePrivateParameters: false).Q;
            return new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) };
        }

        var numbers = ((RSA)pair).ExportParameters(includePrivateParameters: false);
        return new() { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(numbers.Modulus), ["e"] = Base64Url.EncodeToString(numbers.Exponent) };
    }
}
