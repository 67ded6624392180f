using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Rally.Webhooks.Signing;

namespace Rally.Webhooks.Subscriptions;

/// <summary>Keys and headers as they are stored: encrypted, so that a copy of the store lets nobody sign or pass for this host.</summary>
internal sealed class SecretVault(IDataProtectionProvider protection)
{
    private readonly IDataProtector _secrets = protection.CreateProtector("Rally.Webhooks.SigningSecret.v1");
    private readonly IDataProtector _keyPairs = protection.CreateProtector("Rally.Webhooks.SigningKey.v1");
    private readonly IDataProtector _headers = protection.CreateProtector("Rally.Webhooks.Headers.v1");

    public byte[] Seal(WebhookSecret secret) => _secrets.Protect(Encoding.UTF8.GetBytes(secret.Reveal()));

    public byte[] Seal(WebhookKeyPair key) => _keyPairs.Protect(key.Seed.ToArray());

    /// <returns>Null when there are none.</returns>
    public byte[]? Seal(IReadOnlyDictionary<string, string>? headers) =>
        headers is { Count: > 0 } ? _headers.Protect(JsonSerializer.SerializeToUtf8Bytes(headers)) : null;

    /// <exception cref="CryptographicException">The host's keys are not those it was sealed with.</exception>
    public WebhookSecret OpenSecret(byte[] sealedSecret) => WebhookSecret.Parse(Encoding.UTF8.GetString(_secrets.Unprotect(sealedSecret)));

    /// <inheritdoc cref="OpenSecret"/>
    public WebhookKeyPair OpenKeyPair(byte[] sealedSeed) => WebhookKeyPair.FromSeed(_keyPairs.Unprotect(sealedSeed));

    /// <inheritdoc cref="OpenSecret"/>
    public IReadOnlyDictionary<string, string> OpenHeaders(byte[]? sealedHeaders) => sealedHeaders is null
        ? new Dictionary<string, string>()
        : JsonSerializer.Deserialize<Dictionary<string, string>>(_headers.Unprotect(sealedHeaders))!;
}
