using System.Security.Cryptography;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>What it takes to send to one endpoint, decrypted once.</summary>
/// <param name="EndpointId">Which endpoint.</param>
/// <param name="Url">Where to.</param>
/// <param name="Signer">Null when its keys cannot be read.</param>
/// <param name="Headers">What its owner wants sent along.</param>
internal sealed record DeliveryTarget(Guid EndpointId, Uri Url, EndpointSigner? Signer, IReadOnlyDictionary<string, string> Headers)
{
    public static DeliveryTarget Of(Endpoint endpoint, IEnumerable<EndpointKey> keys, SecretVault vault)
    {
        var url = new Uri(endpoint.Url);
        try
        {
            return new(endpoint.Id, url, new EndpointSigner(keys, vault), vault.OpenHeaders(endpoint.Headers));
        }
        catch (CryptographicException)
        {
            // The next attempts say so to the owner; with the keys back and a restart they go out.
            return new(endpoint.Id, url, null, new Dictionary<string, string>());
        }
    }
}
