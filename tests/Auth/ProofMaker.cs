using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Rally.Auth.Tests;

/// <summary>A client's key and the DPoP proofs it makes, written by RFC 9449 and not by our code. Each can be spoilt.</summary>
internal sealed class ProofMaker : IDisposable
{
    private readonly TimeProvider _time;
    private readonly string _algorithm;
    private readonly AsymmetricAlgorithm _key;

    public ProofMaker(TimeProvider time, string algorithm = "ES256")
    {
        (_time, _algorithm) = (time, algorithm);
        if (algorithm == "ES256")
        {
            var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var point = curve.ExportParameters(includePrivateParameters: false).Q;
            (_key, Jwk) = (curve, new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Encode(point.X!), ["y"] = Encode(point.Y!) });
            Thumbprint = Hash($$"""{"crv":"P-256","kty":"EC","x":"{{Jwk["x"]}}","y":"{{Jwk["y"]}}"}""");
        }
        else
        {
            var rsa = RSA.Create(2048);
            var numbers = rsa.ExportParameters(includePrivateParameters: false);
            (_key, Jwk) = (rsa, new() { ["kty"] = "RSA", ["n"] = Encode(numbers.Modulus!), ["e"] = Encode(numbers.Exponent!) });
            Thumbprint = Hash($$"""{"e":"{{Jwk["e"]}}","kty":"RSA","n":"{{Jwk["n"]}}"}""");
        }
    }

    public JsonObject Jwk { get; }

    public string Thumbprint { get; }

    /// <param name="method">Of the request.</param>
    /// <param name="url">Of the request, with or without its query.</param>
    /// <param name="accessToken">The token that goes with it; null at the token endpoint.</param>
    /// <param name="spoil">Changes header and claims before they are signed.</param>
    /// <param name="sign">Signs otherwise than with the key.</param>
    public string Make(
        string method, string url, string? accessToken = null, Action<JsonObject, JsonObject>? spoil = null, Func<byte[], byte[]>? sign = null)
    {
        var header = new JsonObject { ["typ"] = "dpop+jwt", ["alg"] = _algorithm, ["jwk"] = Jwk.DeepClone() };
        var claims = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString(),
            ["htm"] = method,
            ["htu"] = url.Split('?')[0],
            ["iat"] = _time.GetUtcNow().ToUnixTimeSeconds(),
        };
        if (accessToken is not null)
            claims["ath"] = Hash(accessToken);
        spoil?.Invoke(header, claims);
        return Sign(header.ToJsonString(), claims.ToJsonString(), sign);
    }

    /// <summary>A proof of two JSON texts as they are.</summary>
    public string Sign(string header, string claims, Func<byte[], byte[]>? sign = null)
    {
        var signed = $"{Encode(Encoding.UTF8.GetBytes(header))}.{Encode(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Encode((sign ?? SignWithKey)(Encoding.ASCII.GetBytes(signed)))}";
    }

    public void Dispose() => _key.Dispose();

    private static string Encode(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static string Hash(string text) => Encode(SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    private byte[] SignWithKey(byte[] data) => _key is ECDsa curve
        ? curve.SignData(data, HashAlgorithmName.SHA256)
        : ((RSA)_key).SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
}
