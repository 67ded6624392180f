using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Server;
using Rally.Storage;

namespace Rally.Auth.Passkeys;

/// <summary>
/// What a form with a challenge carries: what Identity must know of the challenge when the answer comes, encrypted, for ten
/// minutes, good in the browser that got it and once. Asking costs no write, so that a page with a challenge can be shown
/// to anybody.
/// </summary>
internal sealed class PasskeyTickets(Database database, IDataProtectionProvider protection, Issuer issuer, TimeProvider time)
{
    public const string ForAdding = "add";
    public const string ForSignIn = "sign-in";
    public const string ForProof = "prove";

    private const string Cookie = "rally.passkey";
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <param name="context">The request to which the form is the answer.</param>
    /// <param name="purpose">What the answer is for.</param>
    /// <param name="state">From Identity.</param>
    /// <param name="accountId">Whose the answer must be; null where the answer tells.</param>
    public string Seal(HttpContext context, string purpose, string state, Guid? accountId) =>
        WebEncoders.Base64UrlEncode(Protector(purpose).Protect(JsonSerializer.SerializeToUtf8Bytes(
            new Content(BrowserOf(context), state, accountId, time.GetUtcNow() + Lifetime))));

    /// <returns>The state; null when the ticket is over, was used, or is not this browser's, purpose's and account's.</returns>
    public async Task<string?> TakeAsync(HttpContext context, string purpose, string? ticket, Guid? accountId)
    {
        try
        {
            var bytes = Protector(purpose).Unprotect(WebEncoders.Base64UrlDecode(ticket ?? ""));
            var content = JsonSerializer.Deserialize<Content>(bytes)!;
            var isGood = content.Ends > time.GetUtcNow() && content.AccountId == accountId
                && OpaqueToken.Hash(context.Request.Cookies[Cookie]) is { } browser && content.Browser.AsSpan().SequenceEqual(browser);
            return isGood && await SpendAsync(SHA256.HashData(bytes), content.Ends, context.RequestAborted) ? content.State : null;
        }
        catch (Exception foreign) when (foreign is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private IDataProtector Protector(string purpose) => protection.CreateProtector("Rally.Auth.Passkey", purpose);

    private Task<bool> SpendAsync(byte[] hash, DateTimeOffset expiresAt, CancellationToken stop) =>
        database.WriteAsync(async transaction => await transaction.Connection!.ExecuteAsync(
            "INSERT INTO auth_passkey_challenge (hash, expires_at) VALUES (@hash, @expiresAt) ON CONFLICT (hash) DO NOTHING",
            new { hash, expiresAt }, transaction) == 1, stop);

    // One cookie for all forms of a browser, so that several tabs can stand open.
    private byte[] BrowserOf(HttpContext context)
    {
        if (OpaqueToken.Hash(context.Request.Cookies[Cookie]) is { } known)
            return known;
        var token = OpaqueToken.New();
        context.Response.Cookies.Append(Cookie, token, new CookieOptions
        {
            HttpOnly = true,
            IsEssential = true,
            // A sign-in page reached from another site must find the cookie of the tabs already open.
            SameSite = SameSiteMode.Lax,
            Secure = issuer.Of(context.Request).StartsWith("https:", StringComparison.Ordinal),
        });
        return OpaqueToken.Hash(token)!;
    }

    private sealed record Content(byte[] Browser, string State, Guid? AccountId, DateTimeOffset Ends);
}
