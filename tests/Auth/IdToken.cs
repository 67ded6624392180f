using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Rally.Auth.Tests;

/// <summary>An ID token as a client reads it: checked by the framework's own arithmetic against the published keys.</summary>
internal sealed record IdToken(JsonElement Header, JsonElement Claims)
{
    public static async Task<IdToken> ReadAsync(AuthServer server, OAuthApp.Answer answer)
    {
        var token = answer.Json.GetProperty("id_token").GetString()!;
        var parts = token.Split('.');
        Assert.Equal(3, parts.Length);
        var header = Json(parts[0]);
        var keys = (await OAuthApp.ReadAsync(await server.Http.GetAsync("/oauth2/jwks"))).GetProperty("keys").EnumerateArray();
        var key = Assert.Single(keys, key => key.GetProperty("kid").GetString() == header.GetProperty("kid").GetString());
        Assert.Equal(key.GetProperty("alg").GetString(), header.GetProperty("alg").GetString());
        Assert.True(IsSigned(key, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2])));
        return new IdToken(header, Json(parts[1]));
    }

    public string Text(string claim) => Claims.GetProperty(claim).GetString()!;

    public DateTimeOffset Time(string claim) => DateTimeOffset.FromUnixTimeSeconds(Claims.GetProperty(claim).GetInt64());

    private static bool IsSigned(JsonElement key, byte[] data, byte[] signature)
    {
        byte[] Part(string name) => Base64Url.DecodeFromChars(key.GetProperty(name).GetString());
        if (key.GetProperty("kty").GetString() == "EC")
        {
            using var curve = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = Part("x"), Y = Part("y") } });
            return curve.VerifyData(data, signature, HashAlgorithmName.SHA256);
        }

        using var rsa = RSA.Create(new RSAParameters { Modulus = Part("n"), Exponent = Part("e") });
        return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static JsonElement Json(string part) => JsonElement.Parse(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(part)));
}
