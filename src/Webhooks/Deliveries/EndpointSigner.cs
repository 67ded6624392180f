using Rally.Webhooks.Signing;
using Rally.Webhooks.Subscriptions;

namespace Rally.Webhooks.Deliveries;

/// <summary>Signs an endpoint's messages, one at a time, with all of its keys that count at the time; they are decrypted once.</summary>
internal sealed class EndpointSigner : IDisposable
{
    private readonly List<SecretSigner> _signers = [];
    private readonly List<(DateTimeOffset? EndsAt, Func<string, long, byte[], string> Sign)> _keys = [];

    /// <exception cref="System.Security.Cryptography.CryptographicException">The host's keys are not those the endpoint's were encrypted with.</exception>
    public EndpointSigner(IEnumerable<EndpointKey> keys, SecretVault vault)
    {
        foreach (var key in keys)
        {
            if (key.Kind == EndpointKey.Asymmetric)
            {
                var pair = vault.OpenKeyPair(key.Sealed);
                _keys.Add((key.EndsAt, (id, seconds, body) => WebhookSignature.Sign(pair, id, seconds, body)));
                continue;
            }

            var signer = new SecretSigner(vault.OpenSecret(key.Sealed));
            _signers.Add(signer);
            _keys.Add((key.EndsAt, (id, seconds, body) => signer.Sign(id, seconds, body)));
        }
    }

    /// <returns>The signatures, separated by spaces.</returns>
    public string Sign(string messageId, DateTimeOffset now, byte[] body)
    {
        var (seconds, signatures) = (now.ToUnixTimeSeconds(), "");
        foreach (var (endsAt, sign) in _keys)
        {
            if (endsAt is null || endsAt > now)
                signatures = signatures.Length == 0 ? sign(messageId, seconds, body) : $"{signatures} {sign(messageId, seconds, body)}";
        }

        return signatures;
    }

    public void Dispose() => _signers.ForEach(signer => signer.Dispose());
}
