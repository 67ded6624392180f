using Rally.Webhooks.Signing;

namespace Rally.Webhooks.Subscriptions;

/// <summary>A key just made: how it is stored, and what its endpoint's owner is shown once.</summary>
internal sealed record NewKey(EndpointKey Row, WebhookSecret? Secret, WebhookPublicKey? PublicKey)
{
    public static NewKey OfKind(string kind, Guid endpointId, SecretVault vault, DateTimeOffset now)
    {
        if (kind == EndpointKey.Asymmetric)
        {
            var pair = WebhookKeyPair.Create();
            return new(Stored(kind, endpointId, vault.Seal(pair), now), null, pair.PublicKey);
        }

        var secret = WebhookSecret.Create();
        return new(Stored(kind, endpointId, vault.Seal(secret), now), secret, null);
    }

    private static EndpointKey Stored(string kind, Guid endpointId, byte[] content, DateTimeOffset now) =>
        new() { EndpointId = endpointId, Id = Guid.CreateVersion7(now), Kind = kind, Sealed = content, CreatedAt = now };
}
