using System.Security.Cryptography;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>What it takes to send to one endpoint, decrypted once.</summary>
/// <param name="EndpointId">Which endpoint.</param>
/// <param name="ClientId">Whose.</param>
/// <param name="Format">What bodies look like.</param>
/// <param name="Coins">The coins it wants; null for all.</param>
/// <param name="Url">Where to.</param>
/// <param name="Signer">Null when its keys cannot be read.</param>
/// <param name="Headers">What its owner wants sent along.</param>
internal sealed record DeliveryTarget(
    Guid EndpointId, string ClientId, string Format, IReadOnlyList<string>? Coins, Uri Url, EndpointSigner? Signer,
    IReadOnlyDictionary<string, string> Headers) : IDisposable
{
    public static DeliveryTarget Of(Endpoint endpoint, IEnumerable<EndpointKey> keys, SecretVault vault)
    {
        // The next attempts say to the owner that the keys cannot be read; with the keys back and a restart they go out.
        var target = new DeliveryTarget(
            endpoint.Id, endpoint.ClientId, endpoint.Format, endpoint.CoinList, new Uri(endpoint.Url), null, new Dictionary<string, string>());
        try
        {
            return target with { Signer = new EndpointSigner(keys, vault), Headers = vault.OpenHeaders(endpoint.Headers) };
        }
        catch (CryptographicException)
        {
            return target;
        }
    }

    public void Dispose() => Signer?.Dispose();
}
