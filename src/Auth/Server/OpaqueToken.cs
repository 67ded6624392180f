using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Rally.Auth.Server;

/// <summary>
/// Codes, access tokens and refresh tokens: 256 random bits as 43 characters of base64url. Only the SHA-256 is
/// kept; with that much entropy it needs neither salt nor stretching.
/// </summary>
internal static class OpaqueToken
{
    private const int Bytes = 32;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <returns>The hash to look up, or null when <paramref name="token"/> cannot be one of ours.</returns>
    public static byte[]? Hash(string? token) =>
        token is { Length: 43 } && Base64Url.IsValid(token) ? SHA256.HashData(Encoding.ASCII.GetBytes(token)) : null;
}
