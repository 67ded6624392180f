namespace Rally.Webhooks.Network;

/// <summary>Every address of a host is one that deliveries may not go to.</summary>
internal sealed class AddressRefusedException(string host)
    : IOException($"{host} is not on a public address, and this network does not deliver to private ones. {AddressGuard.HowToAllow}");
