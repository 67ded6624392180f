using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using Rally.Auth.Accounts;

namespace Rally.Auth.SecondFactors;

/// <summary>
/// What a browser carries from the password to the code: whose password was right, in the form, encrypted, for ten minutes.
/// It is worth nothing without a code, and nothing once the account's security stamp has changed.
/// </summary>
internal sealed class HalfSignIn(AccountStore accounts, IDataProtectionProvider protection, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private readonly IDataProtector _protector = protection.CreateProtector("Rally.Auth.HalfSignIn");

    public string Seal(Account account) => WebEncoders.Base64UrlEncode(_protector.Protect(
        JsonSerializer.SerializeToUtf8Bytes(new Content(account.Id, account.SecurityStamp, time.GetUtcNow() + Lifetime))));

    /// <returns>The account; null when it is over, or not ours.</returns>
    public async Task<Account?> OpenAsync(string? ticket, CancellationToken stop)
    {
        try
        {
            var content = JsonSerializer.Deserialize<Content>(_protector.Unprotect(WebEncoders.Base64UrlDecode(ticket ?? "")))!;
            return content.Ends > time.GetUtcNow() && await accounts.FindAsync(content.AccountId, stop) is { } account && account.SecurityStamp == content.Stamp
                ? account
                : null;
        }
        catch (Exception foreign) when (foreign is CryptographicException or FormatException)
        {
            return null;
        }
    }

    private sealed record Content(Guid AccountId, string Stamp, DateTimeOffset Ends);
}
