using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.AspNetCore.Http;
using Rally.Auth.Server.Keys;
using Rally.Storage;

namespace Rally.Auth.Server.Dpop;

/// <summary>Looks at the proof that comes with a request, and lets each be used once, whichever process it comes to (RFC 9449, 4.3).</summary>
internal sealed class DpopProofs(Database database, Issuer issuer, TimeProvider time)
{
    public const string Header = "DPoP";

    /// <summary>How proofs may be signed, as WWW-Authenticate names them.</summary>
    public static readonly string Algorithms = string.Join(' ', SigningAlgorithm.All);

    private static readonly TimeSpan OldestProof = TimeSpan.FromMinutes(5);

    // Clients' clocks are not all right.
    private static readonly TimeSpan MostAhead = TimeSpan.FromMinutes(1);

    /// <param name="request">Which it must be for.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>The thumbprint of the key, or what is wrong with the proof; neither when there is none.</returns>
    public async Task<(string? Key, string? Fault)> CheckAsync(HttpRequest request, CancellationToken stop)
    {
        var (proof, fault) = Read(request);
        return proof is null ? (null, fault) : await SpendAsync(proof, stop) ? (proof.Thumbprint, null) : (null, Replayed);
    }

    /// <param name="request">Which it must be for.</param>
    /// <param name="accessToken">Which it must name.</param>
    /// <param name="key">The thumbprint of the key that the token is bound to.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>What is wrong; null when nothing is.</returns>
    public async Task<string?> CheckAsync(HttpRequest request, string accessToken, string key, CancellationToken stop)
    {
        var (proof, fault) = Read(request);
        if (proof is null)
            return fault ?? "The access token is bound to a key, and the request has no DPoP proof of it.";
        if (proof.TokenHash != Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(accessToken))))
            return "The DPoP proof's ath is not the hash of the access token.";
        if (proof.Thumbprint != key)
            return "The DPoP proof is made with another key than the one the access token is bound to.";
        return await SpendAsync(proof, stop) ? null : Replayed;
    }

    private const string Replayed = "The DPoP proof was used before.";

    private (DpopProof? Proof, string? Fault) Read(HttpRequest request)
    {
        var header = request.Headers[Header];
        if (header.Count == 0)
            return (null, null);
        if (header is not [{ } only] || DpopProof.Read(only) is not { } proof)
            return (null, DpopProof.Rule);
        if (proof.Method != request.Method)
            return (null, "The DPoP proof's htm is not the request's method.");
        if (Normalized(proof.Url) != Normalized(new Uri(issuer.Of(request) + request.PathBase.ToUriComponent() + request.Path.ToUriComponent())))
            return (null, "The DPoP proof's htu is not the request's address.");
        var age = time.GetUtcNow() - proof.IssuedAt;
        return age <= OldestProof && age >= -MostAhead
            ? (proof, null)
            : (null, "The DPoP proof is too old, or from the future: make one for each request, by a right clock.");
    }

    // Without query and fragment; scheme and host in lower case, no port where it goes without saying, no dots in the path.
    private static string Normalized(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    // A key's own ids: nobody else's proof can be made to look used.
    private Task<bool> SpendAsync(DpopProof proof, CancellationToken stop) => database.WriteAsync(async transaction =>
        await transaction.Connection!.ExecuteAsync(
            "INSERT INTO auth_dpop_proof (hash, expires_at) VALUES (@hash, @expiresAt) ON CONFLICT (hash) DO NOTHING",
            new
            {
                hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{proof.Thumbprint} {proof.Id}")),
                // Longer than it can be used by the clock of any process.
                expiresAt = proof.IssuedAt + OldestProof + MostAhead,
            }, transaction) == 1, stop);
}
