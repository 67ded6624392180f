using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Rally.Auth.Server;

/// <summary>Proof Key for Code Exchange (RFC 7636), with S256 as the only method.</summary>
internal static partial class Pkce
{
    public const string Method = "S256";

    /// <returns>Why a request cannot go on with these, for the client's developer; null when it can.</returns>
    public static string? FaultOf(string? challenge, string? method) =>
        challenge is null || method != Method ? "PKCE is required: code_challenge, with code_challenge_method S256."
        : Challenge().IsMatch(challenge) ? null
        : "code_challenge must be 43 characters of base64url.";

    public static bool Proves(string verifier, string challenge) =>
        Verifier().IsMatch(verifier) && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))),
            Encoding.ASCII.GetBytes(challenge));

    [GeneratedRegex(@"^[A-Za-z0-9_-]{43}\z")]
    private static partial Regex Challenge();

    [GeneratedRegex(@"^[A-Za-z0-9._~-]{43,128}\z")]
    private static partial Regex Verifier();
}
