using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Rally.Webhooks.Signing;

namespace Rally.Webhooks.Subscriptions;

/// <summary>Signing secrets as they are stored: encrypted, so that a copy of the store lets nobody sign.</summary>
internal sealed class SecretVault(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Rally.Webhooks.SigningSecret.v1");

    public byte[] Seal(WebhookSecret secret) => _protector.Protect(Encoding.UTF8.GetBytes(secret.Reveal()));

    /// <exception cref="System.Security.Cryptography.CryptographicException">The host's keys are not those it was sealed with.</exception>
    public WebhookSecret Open(byte[] sealedSecret) =>
        WebhookSecret.Parse(Encoding.UTF8.GetString(_protector.Unprotect(sealedSecret)));
}
